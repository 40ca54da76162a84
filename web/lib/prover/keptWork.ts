// What Prove has made so far, in the browser's own storage: one record, which is written whole or not at all.
import { createStore, del, entries, set, type UseStore } from 'idb-keyval';
import type { Address, Hex } from 'viem';
import type { Goal, Prepared, StepName, WorkFiles } from './messages.ts';

/** Counts up when a record means something else. Records of other versions are set aside, and their files stay readable. */
const VERSION = 1;

/** What the form says; a restored work shows it. */
export interface Settings {
  goal: Goal;
  source: 'digits' | 'table' | 'shard';
  network?: string;
  head?: string;
  rows: number;
  hidden: number;
  /** as people want it: of the mean gradient */
  rate: number;
  passes: number;
  segments: number;
  smoothing: number;
}

/** A step of which something is proved. */
export interface KeptStep {
  /** names of its edge files; a training has one for each segment until all are one run */
  edges: string[];
  /** that all of it is proved */
  whole: boolean;
  /** that the chain has it */
  done: boolean;
  /** for whom it was proved: nobody else can send it */
  trainer?: Address;
  /** id of what it registers */
  id: Hex;
  seconds: number;
  /** see `ProvedStep` */
  measured?: number;
}

/** Everything between two visits. */
export interface Work {
  version: number;
  chainId: number;
  registry: Address;
  /** when it was written, in milliseconds */
  at: number;
  /** files as the command line takes them, by name. In a record of any version */
  files: Record<string, Uint8Array | string>;
  settings: Settings;
  prepared: Prepared;
  steps: Partial<Record<StepName, KeptStep>>;
  /** that the visitor has saved the files as they are */
  saved: boolean;
}

/** Of a record that this page cannot go on with: of another version, chain or registry. */
export type Aside = Pick<Work, 'version' | 'chainId' | 'registry' | 'at' | 'files'> & { key: string };

export interface Place {
  chainId: number;
  registry: Address;
}

/** Names of the files of a work. */
export const FILE = {
  shard: 'shard.safetensors',
  test: 'test.safetensors',
  start: 'start.safetensors',
  now: 'model.safetensors',
} as const;

let opened: UseStore | undefined;
const store = () => {
  opened ??= createStore('descent', 'work');
  return opened;
};

const keyOf = ({ chainId, registry }: Place) => `${VERSION} ${chainId} ${registry.toLowerCase()}`;

/** Work of this place, and what is kept besides. @throws whatever the browser has against it */
export async function readKept(place: Place): Promise<{ work?: Work; aside: Aside[] }> {
  const all = (await entries<string, Work>(store())).filter(([, work]) => typeof work?.files === 'object');
  const own = keyOf(place);
  return {
    work: all.find(([key]) => key === own)?.[1],
    aside: all.filter(([key]) => key !== own).map(([key, work]) => ({ ...work, key })),
  };
}

/** Writes all of it in one transaction. @throws whatever the browser has against it */
export function keep(work: Work): Promise<void> {
  return set(keyOf(work), work, store());
}

export function forget(place: Place): Promise<void> {
  return del(keyOf(place), store());
}

export function forgetAside({ key }: Aside): Promise<void> {
  return del(key, store());
}

/** A work that begins. */
export function newWork(
  { chainId, registry }: Place,
  { prepared, files, settings }: { prepared: Prepared; files: WorkFiles; settings: Settings },
): Work {
  const named: Work['files'] = {};
  for (const name of ['shard', 'test', 'start', 'now'] as const) {
    const bytes = files[name];
    if (bytes) named[FILE[name]] = bytes;
  }
  const now = Date.now();
  return { version: VERSION, chainId, registry, at: now, files: named, settings, prepared, steps: {}, saved: false };
}

/** What a prover needs to go on. */
export function filesOf({ files }: Work): WorkFiles {
  const bytesOf = (name: keyof typeof FILE) => {
    const bytes = files[FILE[name]];
    return bytes instanceof Uint8Array ? { [name]: bytes } : {};
  };
  return { shard: files[FILE.shard] as Uint8Array, ...bytesOf('test'), ...bytesOf('start'), ...bytesOf('now') };
}

/** The same work without a step that is proved, and without what came out of it. */
export function withoutStep(work: Work, name: StepName): Work {
  const { [name]: gone, ...steps } = work.steps;
  if (!gone) return work;
  const without: string[] = [...gone.edges, ...(name === 'train' ? [FILE.now] : name === 'seed' ? [FILE.start] : [])];
  const files = Object.fromEntries(Object.entries(work.files).filter(([file]) => !without.includes(file)));
  return { ...work, files, steps };
}

/** Gives files to the visitor, who saves each. Test rows are of no use elsewhere. */
export function saveFiles(files: Work['files']): void {
  for (const [name, content] of Object.entries(files)) {
    if (name === FILE.test) continue;
    const url = URL.createObjectURL(new Blob([content as Uint8Array<ArrayBuffer> | string]));
    const link = document.createElement('a');
    link.href = url;
    link.download = name;
    link.click();
    setTimeout(() => URL.revokeObjectURL(url), 10_000);
  }
}
