// The page: what is known now, why the battery does what it does, and the plan.
import { render, type ComponentChildren, type JSX } from "preact";
import { useEffect, useMemo, useState } from "preact/hooks";
import { follow, type Decision, type Known, type Status } from "./api";
import { Chart, Legend, PlanTable, cellsOf } from "./chart";
import { actionMeaning, actionName, age, dash, fixed, percent, power, SiteTime } from "./format";

/** A reading older than this does not say how things are now. */
const oldAfter = 60;

const verdicts: Record<string, string> = {
  done: "Carried out: the inverter follows.",
  pending: "Sent; the measured power is still awaited.",
  ignored: "Sent, but the measured power does not follow.",
  overridden: "Somebody else has changed the inverter's settings.",
  not_sent: "Nothing had to be sent to the inverter.",
};

function Tile(props: { name: string; value: string; note: string; kind: string; old: boolean }): JSX.Element {
  return (
    <div class={`tile ${props.kind} ${props.old ? "old" : ""}`}>
      <h3>{props.name}</h3>
      <p class="value">{props.value}</p>
      <p class="note">{props.note}</p>
    </div>
  );
}

function Flows({ status, lost }: { status: Status; lost: Date | null }): JSX.Element {
  const reading = status.reading;
  const seconds = (reading?.age_s ?? 0) + (lost ? (Date.now() - lost.getTime()) / 1000 : 0);
  const old = !reading || lost !== null || seconds > oldAfter;
  const grid = reading?.grid_w ?? null;
  const battery = reading?.battery_w ?? null;
  const direction = (value: number | null, more: string, less: string, none: string): string =>
    value === null ? "not known" : Math.abs(value) < 10 ? none : value > 0 ? more : less;
  const size = (value: number | null): number | null => (value === null ? null : Math.abs(value));
  return (
    <section aria-label="Now">
      <div class="tiles">
        <Tile kind="pv" name="Sun" value={power(reading?.pv_w)} note={reading?.pv_w == null ? "not known" : "from the roof"} old={old} />
        <Tile kind="load" name="House" value={power(reading?.load_w)} note={reading?.load_w == null ? "not known" : "used"} old={old} />
        <Tile kind="battery" name="Battery" value={percent(reading?.soc_percent)} old={old}
          note={battery === null ? "not known" : Math.abs(battery) < 10 ? "at rest" : `${direction(battery, "charges at", "gives", "")} ${power(size(battery))}`} />
        <Tile kind="grid" name="Grid" value={power(size(grid))} note={direction(grid, "bought", "sold", "nothing flows")} old={old} />
        <Tile kind="price" name="Price now" old={lost !== null}
          value={status.price ? fixed(status.price.import_per_kwh, 2) : dash}
          note={status.price ? `${status.price.currency}/kWh; sell ${fixed(status.price.export_per_kwh, 2)}${status.price.price_state === "foreseen" ? " (foreseen)" : ""}` : "not known"} />
      </div>
      <p class={old ? "measured warn" : "measured quiet"}>
        {reading ? `Measured ${age(seconds)} ago` : "The inverter has not been read yet"}
        {reading && old ? ": too old to say how things are now" : ""}
        {reading?.implausible ? `. Not trusted: ${reading.implausible}` : ""}
      </p>
    </section>
  );
}

function Present({ decision, status, site }: { decision: Decision | null; status: Status; site: SiteTime }): JSX.Element {
  if (!decision)
    return (
      <section class="card decision"><h2>Decision</h2><p class="value">{dash}</p><p>No decision has been made yet.</p></section>
    );
  const said = status.control === "observe"
    ? "gridpilot only observes: nothing is sent to the inverter."
    : (verdicts[decision.verdict] ?? decision.verdict);
  const name = (action: string, watts: number | null): string =>
    actionName(action) + (watts === null ? "" : ` at ${power(watts)}`);
  return (
    <section class="card decision">
      <h2>Decision</h2>
      <p class="value"><i class={`key action ${decision.action}`} />{name(decision.action, decision.power_w)}
        {decision.until ? <small> until {site.clock(decision.until)}</small> : null}</p>
      <p class="reason">{decision.reason || actionMeaning[decision.action]}</p>
      <p class="quiet">{said}</p>
      {decision.alternatives.length > 0 ? (
        <ul class="others">
          {decision.alternatives.map((other, i) => (
            <li key={i}>
              {name(other.action, other.power_w)}: {other.extra_cost >= 0.005 ? `${fixed(other.extra_cost, 2)} ${status.price?.currency ?? ""} dearer` : "no dearer"}
            </li>
          ))}
        </ul>
      ) : null}
    </section>
  );
}

function Sources({ status }: { status: Status }): JSX.Element {
  return (
    <section class="card sources">
      <h2>Sources</h2>
      {status.sources.length === 0 ? <p>{dash}</p> : null}
      <ul>
        {status.sources.map((source) => (
          <li key={source.name}>
            <i class={`lamp ${source.state}`} />
            <b>{source.name}</b> {source.state}
            <span class="quiet">
              {source.age_s !== null ? `, ${age(source.age_s)} old` : source.state === "waiting" ? ", nothing known yet" : ""}
              {source.failures > 0 ? `, ${source.failures} ${source.failures === 1 ? "failure" : "failures"}` : ""}
              {source.detail ? `: ${source.detail}` : ""}
            </span>
          </li>
        ))}
      </ul>
    </section>
  );
}

function Notices({ known }: { known: Known }): JSX.Element {
  const { status, lost } = known;
  const notices: { kind: string; content: ComponentChildren }[] = [];
  if (lost)
    notices.push({
      kind: "warn",
      content: `gridpilot has not answered for ${age(Math.max(1, (Date.now() - lost.getTime()) / 1000))}${status ? "; what is shown is as it was then" : ""}.`,
    });
  if (status?.progress) {
    const done = Math.round(status.progress.done * 100);
    notices.push({
      kind: "busy",
      content: (
        <>
          <span id="phase">{status.progress.phase}</span> <progress max={100} value={done} aria-labelledby="phase" /> {done} %
        </>
      ),
    });
  }
  for (const reason of status?.reasons ?? []) notices.push({ kind: "warn", content: reason.charAt(0).toUpperCase() + reason.slice(1) });
  return (
    <div role="status">
      {notices.map((notice, i) => <p key={i} class={`notice ${notice.kind}`}>{notice.content}</p>)}
    </div>
  );
}

function PlanCard({ known, status, site }: { known: Known; status: Status; site: SiteTime }): JSX.Element {
  const { plan, prices, readings } = known;
  const cells = useMemo(() => cellsOf(plan, prices, readings), [plan, prices, readings]);
  const currency = plan?.currency ?? prices?.currency ?? "";
  const beginning = useMemo((): [number, number] | null => {
    const first = plan?.slots[0];
    if (!first || plan.initial_kwh === null || !plan.capacity_kwh) return null;
    return [Date.parse(first.start), (100 * plan.initial_kwh) / plan.capacity_kwh];
  }, [plan]);
  const now = useMemo(() => new Date(status.time), [status.time]);
  return (
    <section class="card plan">
      <h2>Plan</h2>
      {plan?.computed_at ? (
        <p class="quiet">
          Computed {site.clock(plan.computed_at)}. Expected cost {fixed(plan.cost, 2)} {currency} until {plan.slots.length > 0 ? `${site.day(plan.slots.at(-1)?.end ?? "")} ${site.clock(plan.slots.at(-1)?.end ?? "")}` : dash};
          a kWh in the battery is worth {fixed(plan.value_of_stored_kwh, 2)} {currency}.
        </p>
      ) : <p>There is no plan yet.</p>}
      {cells.length > 0 ? (
        <>
          <Chart cells={cells} now={now} site={site} currency={currency} beginning={beginning} />
          <Legend cells={cells} />
        </>
      ) : null}
      {plan && plan.slots.length > 0 ? (
        <details>
          <summary>The plan as a table</summary>
          <PlanTable plan={plan} site={site} />
        </details>
      ) : null}
    </section>
  );
}

function Page(): JSX.Element {
  const [known, setKnown] = useState<Known>({ status: null, plan: null, prices: null, readings: null, lost: null });
  useEffect(() => follow(setKnown), []);
  const { status } = known;
  const site = useMemo(() => new SiteTime(status?.time_zone ?? "UTC"), [status?.time_zone]);
  return (
    <>
      <header>
        <h1>gridpilot</h1>
        {status ? (
          <>
            <p class="time">{site.day(status.time)} <b>{site.clock(status.time)}</b></p>
            <p class="badges">
              <span class="badge">{status.mode}</span>
              <span class={`badge ${status.control}`}>{status.control === "active" ? "in control" : "observing"}</span>
            </p>
          </>
        ) : null}
      </header>
      <main>
        <Notices known={known} />
        {status ? (
          <>
            <Flows status={status} lost={known.lost} />
            <Present decision={status.decision} status={status} site={site} />
            <PlanCard known={known} status={status} site={site} />
            <Sources status={status} />
          </>
        ) : known.lost ? null : <p class="quiet">Asking gridpilot…</p>}
      </main>
    </>
  );
}

const root = document.getElementById("page");
if (root) {
  root.textContent = "";
  render(<Page />, root);
}
