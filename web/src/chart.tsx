// The plan as a chart: prices, powers, stored energy, and what the battery does, on one axis of time.
import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import type { JSX } from "preact";
import type { Flows, Plan, PlanSlot, Prices, Readings } from "./api";
import { actionMeaning, actionName, fixed, percent, power, type SiteTime } from "./format";

/** A quarter of an hour as the chart draws it: priced, and planned or measured or neither. */
interface Cell {
  start: number;
  end: number;
  import: number;
  export: number;
  foreseen: boolean;
  planned: PlanSlot | null;
  measured: Flows | null;
}

const quarter = 900_000;

export function cellsOf(plan: Plan | null, prices: Prices | null, readings: Readings | null): Cell[] {
  const measured = new Map((readings?.readings ?? []).map((r) => [Date.parse(r.time), r as Flows]));
  const cells = new Map<number, Cell>();
  for (const slot of prices?.slots ?? []) {
    const start = Date.parse(slot.start);
    cells.set(start, {
      start,
      end: Date.parse(slot.end),
      import: slot.import_per_kwh,
      export: slot.export_per_kwh,
      foreseen: slot.price_state === "foreseen",
      planned: null,
      measured: measured.get(start) ?? null,
    });
  }
  for (const slot of plan?.slots ?? []) {
    const end = Date.parse(slot.end);
    const start = end - quarter; // the first slot of a plan is only its rest
    cells.set(start, {
      start,
      end,
      import: slot.import_per_kwh,
      export: slot.export_per_kwh,
      foreseen: slot.price_state === "foreseen",
      planned: slot,
      measured: measured.get(start) ?? null,
    });
  }
  return [...cells.values()].sort((a, b) => a.start - b.start);
}

/** Powers of a cell in kW: planned where there is a plan, measured where that is past. */
function powersOf(cell: Cell): { pv: number | null; load: number | null; battery: number | null } {
  if (cell.planned) {
    const hours = (cell.end - Date.parse(cell.planned.start)) / 3_600_000;
    const slot = cell.planned;
    return { pv: slot.pv_kwh / hours, load: slot.load_kwh / hours, battery: slot.battery_kwh / hours };
  }
  const kw = (w: number | null | undefined): number | null => (w === null || w === undefined ? null : w / 1000);
  return { pv: kw(cell.measured?.pv_w), load: kw(cell.measured?.load_w), battery: kw(cell.measured?.battery_w) };
}

/** A scale from values to pixels that includes 0 and some air, with round ticks. */
function scaleOf(values: number[], top: number, bottom: number): { y: (v: number) => number; ticks: number[] } {
  const lowest = Math.min(0, ...values);
  const highest = Math.max(0, ...values);
  const span = highest - lowest || 1;
  const from = lowest < 0 ? lowest - span * 0.04 : 0;
  const to = highest > 0 || lowest === 0 ? Math.max(highest, lowest + span) + span * 0.04 : 0;
  const decade = 10 ** Math.floor(Math.log10(span / 4.5));
  const step = decade * ([1, 2, 2.5, 5, 10].find((m) => m * decade >= span / 4.5) ?? 10);
  const ticks: number[] = values.length > 0 ? [] : [0];
  for (let i = Math.ceil(from / step); values.length > 0 && i * step <= to; i += 1) ticks.push(i * step);
  return { y: (v) => bottom - ((v - from) / (to - from)) * (bottom - top), ticks };
}

/** A line of steps through the cells that have a value; a gap where they have none. */
function steps(cells: Cell[], x: (t: number) => number, y: (c: Cell) => number | null): string {
  let path = "";
  let joined = false;
  for (const cell of cells) {
    const value = y(cell);
    if (value === null) {
      joined = false;
      continue;
    }
    path += `${joined ? "L" : "M"}${x(cell.start).toFixed(1)} ${value.toFixed(1)}H${x(cell.end).toFixed(1)}`;
    joined = true;
  }
  return path;
}

/** Bars stand apart where there is room; where there is not, they touch. */
const barWidth = (room: number): number => (room > 3 ? room - 0.5 : room + 0.1);

const left = 40;
const right = 10;
const price = { top: 18, bottom: 142 };
const ribbon = { top: 150, bottom: 160 };
const flow = { top: 186, bottom: 326 };
const store = { top: 352, bottom: 426 };
const height = 464;

interface ChartProps {
  cells: Cell[];
  now: Date;
  site: SiteTime;
  currency: string;
  /** When the plan begins, and how full the battery is then. */
  beginning: [number, number] | null;
}

function useWidth(): [{ current: HTMLDivElement | null }, number] {
  const box = useRef<HTMLDivElement>(null);
  const [width, setWidth] = useState(720);
  useEffect(() => {
    const element = box.current;
    if (!element) return undefined;
    const measure = (): void => setWidth(Math.max(280, Math.floor(element.clientWidth)));
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    return () => observer.disconnect();
  }, []);
  return [box, width];
}

function Axis(props: { ticks: number[]; y: (v: number) => number; width: number; text: (v: number) => string }): JSX.Element {
  return (
    <g class="axis">
      {props.ticks.map((tick) => (
        <g key={tick}>
          <line class={tick === 0 ? "zero" : "grid"} x1={left} x2={props.width - right} y1={props.y(tick)} y2={props.y(tick)} />
          <text x={left - 6} y={props.y(tick) + 3.5} text-anchor="end">{props.text(tick)}</text>
        </g>
      ))}
    </g>
  );
}

function PricePanel({ cells, x, width, currency }: { cells: Cell[]; x: (t: number) => number; width: number; currency: string }): JSX.Element {
  const { y, ticks } = scaleOf(cells.flatMap((c) => [c.import, c.export]), price.top, price.bottom);
  return (
    <g>
      <text class="title" x={left} y={price.top - 6}>Price, {currency} per kWh</text>
      <Axis ticks={ticks} y={y} width={width} text={(v) => fixed(v, 2)} />
      {cells.map((c) => (
        <rect
          key={c.start}
          class={c.foreseen ? "import foreseen" : "import"}
          x={x(c.start)}
          y={Math.min(y(0), y(c.import))}
          width={barWidth(x(c.end) - x(c.start))}
          height={Math.abs(y(c.import) - y(0))}
        />
      ))}
      <path class="export" d={steps(cells, x, (c) => y(c.export))} />
    </g>
  );
}

function FlowPanel({ cells, x, width }: { cells: Cell[]; x: (t: number) => number; width: number }): JSX.Element {
  const powers = cells.map(powersOf);
  const all = powers.flatMap((p) => [p.pv, p.load, p.battery]).filter((v): v is number => v !== null);
  const { y, ticks } = scaleOf(all, flow.top, flow.bottom);
  const line = (pick: (p: ReturnType<typeof powersOf>) => number | null): string => {
    const at = new Map(cells.map((c, i) => [c, powers[i] ? pick(powers[i]) : null]));
    return steps(cells, x, (c) => {
      const v = at.get(c) ?? null;
      return v === null ? null : y(v);
    });
  };
  return (
    <g>
      <text class="title" x={left} y={flow.top - 6}>Power, kW</text>
      <Axis ticks={ticks} y={y} width={width} text={(v) => fixed(v, Number.isInteger(v) ? 0 : 1)} />
      {cells.map((c, i) => {
        const pv = powers[i]?.pv ?? null;
        return pv === null || pv === 0 ? null : (
          <rect key={c.start} class="pv" x={x(c.start)} y={y(pv)} width={x(c.end) - x(c.start) + 0.2} height={y(0) - y(pv)} />
        );
      })}
      {cells.map((c, i) => {
        const battery = powers[i]?.battery ?? null;
        return battery === null || battery === 0 ? null : (
          <rect
            key={c.start}
            class={`battery ${battery > 0 ? "in" : "out"} ${c.planned ? "" : "past"}`}
            x={x(c.start)}
            y={Math.min(y(0), y(battery))}
            width={barWidth(x(c.end) - x(c.start))}
            height={Math.abs(y(battery) - y(0))}
          />
        );
      })}
      <path class="load" d={line((p) => p.load)} />
    </g>
  );
}

function StorePanel({ cells, x, width, beginning }: { cells: Cell[]; x: (t: number) => number; width: number; beginning: [number, number] | null }): JSX.Element {
  const y = (v: number): number => store.bottom - (v / 100) * (store.bottom - store.top);
  const path = (points: ([number, number] | null)[]): string => {
    let text = "";
    let joined = false;
    for (const point of points) {
      if (point) text += `${joined ? "L" : "M"}${x(point[0]).toFixed(1)} ${y(point[1]).toFixed(1)}`;
      joined = point !== null;
    }
    return text;
  };
  const measured = cells.map((c): [number, number] | null => {
    const soc = c.measured?.soc_percent ?? null;
    return soc === null || c.planned ? null : [(c.start + c.end) / 2, soc];
  });
  const planned = cells.map((c): [number, number] | null => {
    const soc = c.planned?.soc_percent ?? null;
    return soc === null ? null : [c.end, soc];
  });
  return (
    <g>
      <text class="title" x={left} y={store.top - 6}>Battery, % full</text>
      <Axis ticks={[0, 50, 100]} y={y} width={width} text={(v) => fixed(v, 0)} />
      <path class="soc" d={path([...measured.filter((p, i) => p || measured[i + 1]), beginning])} />
      <path class="soc planned" d={path([beginning, ...planned.filter((p) => p)])} />
    </g>
  );
}

function TimeAxis({ cells, x, width, site }: { cells: Cell[]; x: (t: number) => number; width: number; site: SiteTime }): JSX.Element {
  const hoursShown = ((cells.at(-1)?.end ?? 0) - (cells[0]?.start ?? 0)) / 3_600_000;
  const step = [2, 3, 6, 12].find((h) => ((width - left - right) / hoursShown) * h >= 26) ?? 24;
  const marks = cells
    .map((c) => ({ t: c.start, clock: site.clock(new Date(c.start)) }))
    .filter((m) => m.clock.endsWith(":00") && Number(m.clock.slice(0, 2)) % step === 0)
    // The hour that comes twice in autumn is named once.
    .filter((m, i, all) => i === 0 || x(m.t) - x(all[i - 1]?.t ?? 0) > 16);
  return (
    <g class="axis">
      {marks.map((m) => (
        <g key={m.t}>
          {m.clock === "00:00" ? <line class="midnight" x1={x(m.t)} x2={x(m.t)} y1={price.top} y2={store.bottom} /> : null}
          <text x={Math.max(x(m.t), left)} y={store.bottom + 16} text-anchor="middle">{m.clock.slice(0, 2)}</text>
        </g>
      ))}
    </g>
  );
}

function DayNames({ cells, x, site }: { cells: Cell[]; x: (t: number) => number; site: SiteTime }): JSX.Element {
  const days: { name: string; from: number; to: number }[] = [];
  for (const cell of cells) {
    const name = site.day(new Date(cell.start));
    const last = days.at(-1);
    if (last?.name === name) last.to = x(cell.end);
    else days.push({ name, from: x(cell.start), to: x(cell.end) });
  }
  return (
    <g class="axis days">
      {days.map((d) => (d.to - d.from < 64 ? null : <text key={d.name} x={(d.from + d.to) / 2} y={height - 4} text-anchor="middle">{d.name}</text>))}
    </g>
  );
}

function Readout({ cell, site, currency }: { cell: Cell | undefined; site: SiteTime; currency: string }): JSX.Element {
  if (!cell) return <p class="readout" />;
  const p = powersOf(cell);
  const watts = (kw: number | null): string => power(kw === null ? null : kw * 1000);
  const soc = cell.planned ? cell.planned.soc_percent : (cell.measured?.soc_percent ?? null);
  const kind = cell.planned ? "planned" : cell.measured ? "measured" : "not measured";
  return (
    <p class="readout" aria-live="polite">
      <b>{site.day(new Date(cell.start))} {site.clock(new Date(cell.start))}–{site.clock(new Date(cell.end))}</b>
      {cell.planned ? <span>{actionName(cell.planned.action)}</span> : null}
      <span>buy {fixed(cell.import, 3)}, sell {fixed(cell.export, 3)} {currency}{cell.foreseen ? " (foreseen)" : ""}</span>
      <span>sun {watts(p.pv)}</span>
      <span>house {watts(p.load)}</span>
      <span>battery {watts(p.battery)}, {percent(soc)}</span>
      <span class="quiet">{kind}</span>
    </p>
  );
}

export function Chart({ cells, now, site, currency, beginning }: ChartProps): JSX.Element {
  const [box, width] = useWidth();
  const [chosen, choose] = useState<number | null>(null);
  const from = cells[0]?.start ?? 0;
  const to = cells.at(-1)?.end ?? 1;
  const x = (t: number): number => left + ((t - from) / (to - from)) * (width - left - right);
  const present = cells.findIndex((c) => c.start <= now.getTime() && now.getTime() < c.end);
  const shown = chosen !== null && chosen < cells.length ? chosen : present;
  const cell = cells[shown];

  // The panels are some thousand elements: drawn when the data change, not when the pointer moves.
  const panels = useMemo(
    () => (
      <>
        <PricePanel cells={cells} x={x} width={width} currency={currency} />
        {cells.map((c) =>
          c.planned ? (
            <rect key={c.start} class={`action ${c.planned.action}`} x={x(c.start)} y={ribbon.top} width={x(c.end) - x(c.start) + 0.2} height={ribbon.bottom - ribbon.top} />
          ) : null,
        )}
        <FlowPanel cells={cells} x={x} width={width} />
        <StorePanel cells={cells} x={x} width={width} beginning={beginning} />
        <TimeAxis cells={cells} x={x} width={width} site={site} />
        <DayNames cells={cells} x={x} site={site} />
      </>
    ),
    [cells, width, site, currency, beginning],
  );
  const point = (event: PointerEvent): void => {
    const at = event.clientX - (event.currentTarget as Element).getBoundingClientRect().left;
    const t = from + ((at - left) / (width - left - right)) * (to - from);
    const found = cells.findIndex((c) => c.start <= t && t < c.end);
    choose(found < 0 ? null : found);
  };
  const key = (event: KeyboardEvent): void => {
    const move = { ArrowLeft: -1, ArrowRight: 1, PageUp: -4, PageDown: 4 }[event.key];
    if (move === undefined && event.key !== "Escape") return;
    event.preventDefault();
    choose(move === undefined ? null : Math.min(cells.length - 1, Math.max(0, shown + move)));
  };
  return (
    <div class="chart" ref={box}>
      <svg
        width={width}
        height={height}
        viewBox={`0 0 ${width} ${height}`}
        role="img"
        tabIndex={0}
        aria-label="Prices, powers and stored energy over time. Arrow keys choose a quarter of an hour, which is read out below; the same numbers are in the table."
        onPointerMove={point}
        onPointerDown={point}
        onPointerLeave={(event) => event.pointerType === "mouse" && choose(null)}
        onKeyDown={key}
      >
        {panels}
        {cell ? <rect class="chosen" x={x(cell.start)} y={price.top} width={Math.max(1, x(cell.end) - x(cell.start))} height={store.bottom - price.top} /> : null}
        {now.getTime() >= from && now.getTime() < to ? <line class="now" x1={x(now.getTime())} x2={x(now.getTime())} y1={price.top - 2} y2={store.bottom} /> : null}
      </svg>
      <Readout cell={cell} site={site} currency={currency} />
    </div>
  );
}

export function Legend({ cells }: { cells: Cell[] }): JSX.Element {
  const used = [...new Set(cells.flatMap((c) => (c.planned ? [c.planned.action] : [])))];
  return (
    <ul class="legend">
      <li><i class="key import" />price to buy</li>
      {cells.some((c) => c.foreseen) ? <li><i class="key import foreseen" />foreseen, not yet published</li> : null}
      <li><i class="key line export" />price to sell</li>
      <li><i class="key pv" />sun</li>
      <li><i class="key line load" />house</li>
      <li><i class="key battery in" />battery charges</li>
      <li><i class="key battery out" />battery gives</li>
      <li><i class="key line now" />now</li>
      {used.map((action) => (
        <li key={action} title={actionMeaning[action]}><i class={`key action ${action}`} />{actionName(action)}</li>
      ))}
    </ul>
  );
}

export function PlanTable({ plan, site }: { plan: Plan; site: SiteTime }): JSX.Element {
  return (
    <div class="scroll" tabIndex={0} role="region" aria-label="The plan as a table">
      <table>
        <thead>
          <tr>
            <th scope="col">From</th><th scope="col">Buy</th><th scope="col">Sell</th><th scope="col">Sun kWh</th><th scope="col">House kWh</th>
            <th scope="col">Battery kWh</th><th scope="col">Grid kWh</th><th scope="col">Full %</th><th scope="col">Action</th><th scope="col">Cost</th>
          </tr>
        </thead>
        <tbody>
          {plan.slots.map((slot) => (
            <tr key={slot.end}>
              <th scope="row">{site.day(slot.start)} {site.clock(slot.start)}</th>
              <td>{fixed(slot.import_per_kwh, 3)}{slot.price_state === "foreseen" ? "*" : ""}</td>
              <td>{fixed(slot.export_per_kwh, 3)}</td>
              <td>{fixed(slot.pv_kwh, 2)}</td>
              <td>{fixed(slot.load_kwh, 2)}</td>
              <td>{fixed(slot.battery_kwh, 2)}</td>
              <td>{fixed(slot.grid_kwh, 2)}</td>
              <td>{fixed(slot.soc_percent, 0)}</td>
              <td class="word">{actionName(slot.action)}</td>
              <td>{fixed(slot.cost, 2)}</td>
            </tr>
          ))}
        </tbody>
      </table>
      <p class="quiet">Prices in {plan.currency} per kWh; * foreseen, not yet published.</p>
    </div>
  );
}
