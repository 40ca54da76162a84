// Stands for node:test in a process that runs the same test files many times: they are imported once, and run as often as
// they are told to, up to the first failure.
import { AsyncLocalStorage } from 'node:async_hooks';
import { whenLate } from './patience.ts';

type Work = () => unknown;

interface Suite {
  name: string;
  skip: boolean;
  parent: Suite | undefined;
  children: (Suite | Test)[];
  before: Work[];
  after: Work[];
  beforeEach: Work[];
  afterEach: Work[];
}

interface Test {
  name: string;
  skip: boolean;
  work: Work;
}

interface Options {
  skip?: boolean | string;
}

/** What is wrong with the code under test, and which test told it. */
export interface Failure {
  test: string;
  error: unknown;
}

const here = new AsyncLocalStorage<Suite>();

function newSuite(name: string, parent?: Suite, skip = false): Suite {
  return { name, skip, parent, children: [], before: [], after: [], beforeEach: [], afterEach: [] };
}

function current(): Suite {
  const suite = here.getStore();
  if (suite === undefined) throw new Error('a test outside of collectTests');
  return suite;
}

export function describe(name: string, ...rest: [Work] | [Options, Work]): void {
  const parent = current();
  const work = rest.at(-1) as Work;
  const suite = newSuite(name, parent, isSkipped(rest));
  parent.children.push(suite);
  here.run(suite, work);
}

export function it(name: string, ...rest: [Work] | [Options, Work]): void {
  current().children.push({ name, skip: isSkipped(rest), work: rest.at(-1) as Work });
}

function isSkipped(rest: readonly unknown[]): boolean {
  return rest.length === 2 && Boolean((rest[0] as Options).skip);
}

export const before = (work: Work): void => void current().before.push(work);
export const after = (work: Work): void => void current().after.push(work);
export const beforeEach = (work: Work): void => void current().beforeEach.push(work);
export const afterEach = (work: Work): void => void current().afterEach.push(work);

/** The tests that a file declares. */
export async function collectTests(declare: () => Promise<unknown>): Promise<Suite> {
  const root = newSuite('');
  await here.run(root, declare);
  return root;
}

/**
 * Runs tests one after the other.
 * @param patience milliseconds that one test or hook may take, without those in which it waits for a processor
 * @param onFailure hears of each failure and says whether to go on
 */
export async function runTests(root: Suite, patience: number, onFailure: (failure: Failure) => boolean): Promise<void> {
  const attempt = async (test: string, works: readonly Work[]): Promise<'passed' | 'failed' | 'stop'> => {
    try {
      for (const work of works) await inTime(work, patience);
      return 'passed';
    } catch (error) {
      return onFailure({ test, error }) ? 'failed' : 'stop';
    }
  };
  const runSuite = async (suite: Suite, path: string): Promise<boolean> => {
    const begun = await attempt(`${path} > before`, suite.before);
    let goesOn = begun !== 'stop';
    for (const child of begun === 'passed' ? suite.children : []) {
      const name = path === '' ? child.name : `${path} > ${child.name}`;
      if (!goesOn) break;
      if (child.skip) continue;
      if ('work' in child) goesOn = (await attempt(name, around(suite, child.work))) !== 'stop';
      else goesOn = await runSuite(child, name);
    }
    const ended = await attempt(`${path} > after`, suite.after);
    return goesOn && ended !== 'stop';
  };
  await runSuite(root, '');
}

function around(suite: Suite, work: Work): Work[] {
  const line: Suite[] = [];
  for (let above: Suite | undefined = suite; above !== undefined; above = above.parent) line.unshift(above);
  return [...line.flatMap((above) => above.beforeEach), work, ...line.toReversed().flatMap((above) => above.afterEach)];
}

async function inTime(work: Work, patience: number): Promise<void> {
  let end = () => {};
  const late = new Promise<never>((_, reject) => {
    end = whenLate(process.pid, patience, () => reject(new Error(`took more than ${patience / 1000} seconds`)));
  });
  try {
    await Promise.race([work(), late]);
  } finally {
    end();
  }
}
