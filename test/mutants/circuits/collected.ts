// In place of `node:test` where the mutants load test files: keeps the tests, so that each can be run by its name.

type Body = (context?: unknown) => unknown;

export interface Collected {
  name: string;
  run: () => Promise<void>;
}

interface Suite {
  name: string;
  before: Body[];
  /** runs what stands before the suite's tests, once */
  ready?: Promise<void>;
}

const collected: Collected[] = [];
let suites: Suite[] = [];

/** Takes what was collected since the last time. */
export const take = (): Collected[] => collected.splice(0);

const bodyOf = (args: readonly unknown[]): Body => args.find((a) => typeof a === 'function') as Body;

export function describe(name: string, ...args: unknown[]): void {
  const outer = suites;
  suites = [...outer, { name, before: [] }];
  bodyOf(args)();
  suites = outer;
}

export function before(body: Body): void {
  suites.at(-1)!.before.push(body);
}

export function after(): void {
  // what tests have opened ends with the process
}

export function it(name: string, ...args: unknown[]): void {
  const body = bodyOf(args);
  const own = suites;
  collected.push({
    name: [...own.map((s) => s.name), name].join(' > '),
    run: async () => {
      for (const suite of own) {
        suite.ready ??= (async () => {
          for (const first of suite.before) await first();
        })();
        await suite.ready;
      }
      await body();
    },
  });
}

export const test = it;
