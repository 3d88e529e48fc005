import { Counter, collectDefaultMetrics, Gauge, Registry } from 'prom-client';

/** One number, or some, each behind the value of its label, or the values of both in their order; those of the same labels are added up. */
type Reading = number | (readonly [string, number] | readonly [string, string, number])[];

/** One line of a table of meters. What ends with `_total` is a counter. */
export interface Meter {
  name: `verbatim_${string}`;
  help: string;
  labels?: readonly [string] | readonly [string, string];
  /** At the moment of asking. */
  read(): Reading | Promise<Reading>;
}

/** Counts what happens, by the values of a meter's labels. */
export class Tally<Values extends [string] | [string, string]> {
  readonly #counts = new Map<string, readonly [Values, number]>();

  add(...values: Values): void {
    const key = values.join(' ');
    this.#counts.set(key, [values, (this.#counts.get(key)?.[1] ?? 0) + 1]);
  }

  /** @returns each with its count, as a meter reads it */
  readonly read = () => [...this.#counts.values()].map(([values, count]) => [...values, count] as const);
}

/** What `/metrics` shows: these, and what prom-client tells of every process. */
export function registryOf(meters: readonly Meter[]): Registry {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  for (const { help, labels = [], name, read } of meters) {
    const meter = {
      ...{ name, help, labelNames: [...labels], registers: [registry] },
      async collect(this: { reset(): void; inc(labels: Record<string, string>, by: number): void }) {
        const reading = await read();
        this.reset();
        for (const one of typeof reading === 'number' ? [[reading]] : reading) {
          const values = labels.map((label, at) => [label, String(one[at])]);
          this.inc(Object.fromEntries(values), Number(one.at(-1)));
        }
      },
    };
    if (name.endsWith('_total')) new Counter(meter);
    else new Gauge(meter);
  }
  return registry;
}
