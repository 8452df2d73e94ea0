// Numbers, times and words as people read them. What is missing is a dash.

export const dash = "—";

const number = (digits: number): Intl.NumberFormat =>
  new Intl.NumberFormat(undefined, { minimumFractionDigits: digits, maximumFractionDigits: digits });
const byDigits = [0, 1, 2, 3].map(number);

export function fixed(value: number | null | undefined, digits: number): string {
  if (value === null || value === undefined) return dash;
  const text = byDigits[digits]?.format(value) ?? String(value);
  return text.replace(/^-(?=[0.,]*$)/, "").replace("-", "−");
}

/** Watts below a kilowatt, kilowatts above. */
export function power(watts: number | null | undefined): string {
  if (watts === null || watts === undefined) return dash;
  return Math.abs(watts) < 999.5 ? `${fixed(watts, 0)} W` : `${fixed(watts / 1000, 2)} kW`;
}

export function percent(value: number | null | undefined): string {
  return value === null || value === undefined ? dash : `${fixed(value, 0)} %`;
}

export function age(seconds: number | null | undefined): string {
  if (seconds === null || seconds === undefined) return "never";
  if (seconds < 60) return `${Math.round(seconds)} s`;
  if (seconds < 3600) return `${Math.round(seconds / 60)} min`;
  if (seconds < 172_800) return `${Math.round(seconds / 3600)} h`;
  return `${Math.round(seconds / 86_400)} days`;
}

const actions: Record<string, string> = {
  self_use: "Self-use",
  hold: "Hold",
  charge: "Charge",
  sell: "Sell",
  curtail: "Curtail",
  standby: "Standby",
};
export const actionName = (action: string): string => actions[action] ?? action;
export const actionNames = Object.keys(actions);

/** What the battery does in each action, for the legend and screen readers. */
export const actionMeaning: Record<string, string> = {
  self_use: "the battery follows the house",
  hold: "the battery is kept full for later",
  charge: "the battery is charged, from the grid where needed",
  sell: "the battery feeds the grid",
  curtail: "solar power is throttled",
  standby: "the battery rests",
};

/** Clock and calendar of the site, wherever the reader is. */
export class SiteTime {
  private readonly clockFormat: Intl.DateTimeFormat;
  private readonly dayFormat: Intl.DateTimeFormat;

  constructor(readonly zone: string) {
    this.clockFormat = new Intl.DateTimeFormat("en-GB", { timeZone: zone, hour: "2-digit", minute: "2-digit" });
    this.dayFormat = new Intl.DateTimeFormat("en-GB", { timeZone: zone, weekday: "short", day: "numeric", month: "short" });
  }
  /** "02:15" */
  clock(t: Date | string): string {
    return this.clockFormat.format(new Date(t));
  }
  /** "Wed 25 Nov" */
  day(t: Date | string): string {
    return this.dayFormat.format(new Date(t)).replace(",", "");
  }
}
