// The documents of docs/api.md, as far as the page uses them, and how they are fetched and kept up to date.

export interface Flows {
  soc_percent: number | null;
  pv_w: number | null;
  load_w: number | null;
  grid_w: number | null;
  battery_w: number | null;
}

export interface Status {
  time: string;
  time_zone: string;
  mode: string;
  control: "observe" | "active";
  healthy: boolean;
  reasons: string[];
  reading: (Flows & { time: string; age_s: number; implausible: string | null }) | null;
  price: { import_per_kwh: number; export_per_kwh: number; currency: string; price_state: string; zone: string | null } | null;
  decision: Decision | null;
  sources: { name: string; state: string; age_s: number | null; failures: number; detail: string | null }[];
  progress: { phase: string; done: number } | null;
}

export interface Decision {
  time: string;
  action: string;
  power_w: number | null;
  until: string | null;
  reason: string;
  verdict: string;
  bound_by: string | null;
  alternatives: { action: string; power_w: number | null; extra_cost: number }[];
}

export interface PlanSlot {
  start: string;
  end: string;
  import_per_kwh: number;
  export_per_kwh: number;
  price_state: "published" | "foreseen";
  pv_kwh: number;
  load_kwh: number;
  battery_kwh: number;
  grid_kwh: number;
  stored_kwh: number;
  soc_percent: number | null;
  action: string;
  cost: number;
}

export interface Plan {
  computed_at: string | null;
  currency: string;
  cost: number | null;
  value_of_stored_kwh: number | null;
  initial_kwh: number | null;
  capacity_kwh: number | null;
  slots: PlanSlot[];
}

export interface PricedSlot {
  start: string;
  end: string;
  import_per_kwh: number;
  export_per_kwh: number;
  price_state: "published" | "foreseen";
}

export interface Prices {
  currency: string;
  slots: PricedSlot[];
}

export interface Readings {
  readings: (Flows & { time: string })[];
}

/** What the page knows. A document that could not be fetched keeps its last form; `lost` says since when. */
export interface Known {
  status: Status | null;
  plan: Plan | null;
  prices: Prices | null;
  readings: Readings | null;
  lost: Date | null;
}

async function fetched<T>(path: string): Promise<T> {
  const reply = await fetch(path, { cache: "no-store", signal: AbortSignal.timeout(10_000) });
  if (!reply.ok) throw new Error(`${path}: ${reply.status}`);
  return (await reply.json()) as T;
}

/** Runs a fetch at most every `pause` ms, however often it is asked for, and again where it failed. */
class Refresher {
  private last = -Infinity;
  private state: "idle" | "waiting" | "running" = "idle";
  private again = false;
  constructor(private readonly pause: number, private readonly run: () => Promise<void>) {}

  ask(after = 0): void {
    if (this.state === "running") this.again = true;
    if (this.state !== "idle") return;
    this.state = "waiting";
    window.setTimeout(() => void this.start(), Math.max(after, this.last + this.pause - performance.now()));
  }

  private async start(): Promise<void> {
    this.state = "running";
    this.again = false;
    this.last = performance.now();
    let failed = false;
    await this.run().catch(() => (failed = true));
    this.state = "idle";
    if (failed) this.ask(3000);
    else if (this.again) this.ask();
  }
}

/** Keeps what is known up to date by the server's events, and calls `changed` with each new state. */
export function follow(changed: (known: Known) => void): void {
  let known: Known = { status: null, plan: null, prices: null, readings: null, lost: null };
  const learn = (news: Partial<Known>): void => {
    known = { ...known, ...news };
    changed(known);
  };
  const status = new Refresher(900, async () => {
    try {
      learn({ status: await fetched<Status>("/api/v1/status"), lost: null });
    } catch (reason) {
      learn({ lost: known.lost ?? new Date() });
      throw reason;
    }
  });
  const plan = new Refresher(2000, async () => learn({ plan: await fetched<Plan>("/api/v1/plan") }));
  const prices = new Refresher(2000, async () => {
    const fresh = await fetched<Prices>("/api/v1/prices");
    learn({ prices: fresh });
    readings.ask();
  });
  // What was measured since the day began, which is where the prices begin.
  const readings = new Refresher(15_000, async () => {
    const begin = known.prices?.slots[0]?.start;
    const range = begin ? `&from=${encodeURIComponent(begin)}` : "";
    learn({ readings: await fetched<Readings>(`/api/v1/readings?resolution=15min${range}`) });
  });
  const everything = (): void => {
    status.ask();
    plan.ask();
    prices.ask();
  };

  let hour = "";
  const events = new EventSource("/api/v1/events");
  const on = (kind: string, ask: () => void): void => events.addEventListener(kind, ask);
  on("open", everything);
  on("error", () => status.ask());
  on("decision", () => status.ask());
  on("progress", () => status.ask());
  on("plan", () => plan.ask());
  on("prices", () => prices.ask());
  events.addEventListener("reading", (event) => {
    status.ask();
    readings.ask();
    const present = (JSON.parse((event as MessageEvent<string>).data) as { time: string }).time.slice(0, 13);
    if (present !== hour) prices.ask(); // one of these hours begins a day at the site
    hour = present;
  });
  everything();
  // A quiet line is no proof of a living one, and ages grow without events.
  window.setInterval(() => status.ask(), 10_000);
}
