import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { FileFormatError } from '../../src/errors/FileFormatError.ts';
import { ownerOf } from './lock.ts';
import { type Json, type RunKind, type RunState, readState } from './run.ts';

/** An edge that a run has proved. */
export interface RunEdge {
  file: string;
  id: string;
  chainId: number;
  /** The registry, of scores the scoreboard. */
  contract: string;
  seconds: number;
  /** Where the transaction was accepted; undefined where none of this folder was. */
  accepted: { gas: number; block: number; transaction: string } | undefined;
}

/** How far a run has come: nothing made yet, weights or rows made, edges proved, some or all of them accepted on chain. */
export type RunProgress = 'begun' | 'made' | 'proved' | 'partly registered' | 'registered';

/** A run folder as its files tell it; nothing is locked or changed. */
export interface RunSummary {
  name: string;
  folder: string;
  kind: RunKind;
  progress: RunProgress;
  /** Process that works on it now. */
  inUseBy: number | undefined;
  /** ISO time of the last stage. */
  at: string | undefined;
  inputs: Json;
  /** Share of right answers: of a score; of training on its test rows, else on the rows it was trained on. */
  accuracy: number | undefined;
  accuracyOf: 'score' | 'test rows' | 'training rows' | undefined;
  edges: RunEdge[];
  /** Runs below this one. */
  parts: number;
  /** Sum over all accepted transactions, the parts' included. */
  gas: number;
  stages: { name: string; at: string; seconds: number; files: string[] }[];
}

/** All runs directly below a folder, newest work last; folders that are no runs are left out, their runs are not. */
export function listRuns(folder: string): { runs: RunSummary[]; damaged: string[] } {
  const runs: RunSummary[] = [];
  const damaged: string[] = [];
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    if (!entry.isDirectory() || entry.name.startsWith('.')) continue;
    const path = join(folder, entry.name);
    if (!existsSync(join(path, 'run.json'))) {
      // Such as the demo's, which holds runs but is none.
      const below = existsSync(join(path, 'demo.json')) ? listRuns(path) : { runs: [], damaged: [] };
      runs.push(...below.runs.map((run) => ({ ...run, name: `${entry.name}/${run.name}` })));
      damaged.push(...below.damaged);
      continue;
    }
    try {
      runs.push(inspectRun(path));
    } catch (error) {
      if (!(error instanceof FileFormatError)) throw error;
      damaged.push(path);
    }
  }
  return { runs: runs.sort((a, b) => (a.at ?? '').localeCompare(b.at ?? '')), damaged };
}

/** @throws FileFormatError when the run's state is damaged */
export function inspectRun(folder: string): RunSummary {
  const state = readState(folder);
  const edges = edgesOf(folder, state);
  const parts = withRuns(folder, partsOf(folder));
  const stages = Object.entries(state.stages).map(([name, { at, seconds, files }]) => ({
    name,
    at,
    seconds,
    files: Object.values(files).map((file) => file.name),
  }));
  const all = [...edges, ...parts.flatMap((part) => part.edges)];
  const accepted = all.filter((edge) => edge.accepted !== undefined);
  const expected = parts.length === 0 ? edges.length : parts.length;
  return {
    name: basename(folder),
    folder,
    kind: state.kind,
    progress: progressOf(state, { proved: all.length, accepted: accepted.length, expected }),
    inUseBy: ownerOf(folder),
    at: stages
      .map(({ at }) => at)
      .sort()
      .at(-1),
    inputs: state.inputs,
    ...accuracyOf(state, parts),
    edges,
    parts: parts.length,
    gas: requestGas(state) + [...edges, ...parts].reduce((sum, part) => sum + gasOf(part), 0),
    stages,
  };
}

/** Gas of the transaction that asked for a seed. */
function requestGas({ stages }: RunState): number {
  return ((stages.request?.data ?? {}) as { gas?: number }).gas ?? 0;
}

function gasOf(part: RunEdge | RunSummary): number {
  return 'gas' in part ? part.gas : (part.accepted?.gas ?? 0);
}

function progressOf(
  state: RunState,
  { proved, accepted, expected }: { proved: number; accepted: number; expected: number },
): RunProgress {
  if (proved > 0 && accepted >= expected) return 'registered';
  if (accepted > 0) return 'partly registered';
  if (proved > 0) return 'proved';
  const made = Object.keys(state.stages).some(
    (stage) => !/^(request|seed for |id of |ids$|shards$|parents$)/.test(stage),
  );
  return made ? 'made' : 'begun';
}

function partsOf(folder: string): RunSummary[] {
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && existsSync(join(folder, entry.name, 'run.json')))
    .map((entry) => inspectRun(join(folder, entry.name)));
}

/** Segments that were registered together: the journal of their run file lies beside their folders. */
function withRuns(folder: string, parts: RunSummary[]): RunSummary[] {
  let seen = parts;
  for (const file of readdirSync(folder)) {
    const [, first, last] = /^(segment-\d+)-to-(segment-\d+)\.run\.json$/.exec(file) ?? [];
    if (first === undefined) continue;
    seen = seen.map((part) => {
      if (part.name < first || part.name > last) return part;
      const edges = part.edges.map((edge) => {
        const accepted = acceptedAt(join(folder, file), edge.chainId, '1970-01-01');
        // The gas of a transaction counts once.
        return (edge.accepted ?? accepted === undefined)
          ? edge
          : { ...edge, accepted: { ...accepted!, gas: part.name === last ? accepted!.gas : 0 } };
      });
      const gas = edges.reduce((sum, edge) => sum + gasOf(edge), 0);
      const registered = edges.length > 0 && edges.every((edge) => edge.accepted !== undefined);
      return { ...part, edges, gas, ...(registered && { progress: 'registered' as const }) };
    });
  }
  return seen;
}

function edgesOf(folder: string, { stages }: RunState): RunEdge[] {
  // An edge file is of the last context that was asked for: its latest record is the one that counts.
  const latest = new Map<string, string>();
  for (const [, { at, files }] of Object.entries(stages)) {
    const name = files.edge?.name;
    if (name !== undefined && at > (latest.get(name) ?? '')) latest.set(name, at);
  }
  return Object.entries(stages).flatMap(([stage, { at, data, files }]) => {
    const [, chainId, contract] = /^prove .+ for (\d+) (0x\S+) (0x\S+)$/.exec(stage) ?? [];
    const { id, seconds } = (data ?? {}) as { id?: string; seconds?: number };
    const name = files.edge?.name;
    if (chainId === undefined || name === undefined || id === undefined || latest.get(name) !== at) return [];
    const file = join(folder, name);
    const accepted = acceptedAt(file, Number(chainId), at);
    return [{ file, id, chainId: Number(chainId), contract, seconds: seconds ?? 0, accepted }];
  });
}

/** What the journal of the edge's transaction says, if it is of this edge: not of an earlier one under the same name. */
function acceptedAt(file: string, chainId: number, provedAt: string): RunEdge['accepted'] {
  try {
    const journal = `${file}.tx`;
    const { hash, accepted, chainId: of } = JSON.parse(readFileSync(journal, 'utf8'));
    const isOfThis = of === chainId && statSync(journal).mtimeMs >= Date.parse(provedAt);
    return accepted === undefined || !isOfThis ? undefined : { ...accepted, transaction: hash };
  } catch {
    return undefined;
  }
}

function accuracyOf(state: RunState, parts: RunSummary[]): Pick<RunSummary, 'accuracy' | 'accuracyOf'> {
  const data = (stage: string) => (state.stages[stage]?.data ?? {}) as Record<string, number | null>;
  if (state.kind === 'score') return share([data('score')]);
  if (state.kind === 'scoreAll') {
    return share(
      Object.keys(state.stages)
        .filter((stage) => /^score \d+$/.test(stage))
        .map(data),
    );
  }
  if (state.kind === 'evolve') {
    const scores = parts.find(({ kind }) => kind === 'scoreAll');
    return { accuracy: scores?.accuracy, accuracyOf: scores?.accuracyOf };
  }
  const tests = Object.keys(state.stages).filter((stage) => /^test \d+ on /.test(stage));
  const last = tests.sort((a, b) => Number(a.split(' ')[1]) - Number(b.split(' ')[1])).at(-1);
  const tested = last === undefined ? undefined : (data(last).accuracy ?? undefined);
  if (tested !== undefined) return { accuracy: tested, accuracyOf: 'test rows' };
  const trained =
    state.kind === 'trainAll' ? parts.filter(({ kind }) => kind === 'train').at(-1)?.accuracy : data('train').accuracy;
  if (trained === undefined || trained === null) return { accuracy: undefined, accuracyOf: undefined };
  return { accuracy: trained, accuracyOf: 'training rows' };
}

function share(scores: Record<string, number | null>[]): Pick<RunSummary, 'accuracy' | 'accuracyOf'> {
  const rows = scores.reduce((sum, score) => sum + (score.rows ?? 0), 0);
  const isClasses = scores.every(({ right }) => typeof right === 'number');
  if (rows === 0 || !isClasses) return { accuracy: undefined, accuracyOf: undefined };
  return { accuracy: scores.reduce((sum, { right }) => sum + (right ?? 0), 0) / rows, accuracyOf: 'score' };
}
