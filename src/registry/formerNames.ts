// Names of earlier versions in files that they wrote: the program `import` was called `root`, and so were its run, its typed
// struct and its function of the contracts. Readers translate a file here before they check it.
import { toFunctionSelector } from 'viem';
import { modelRegistryAbi } from '../generated/abi.ts';

const FORMER = 'root';
/** Former kinds of runs. */
const KINDS: Record<string, string> = { [FORMER]: 'import', training: 'trainAll', scoring: 'scoreAll' };
const [FUNCTION] = modelRegistryAbi.filter((entry) => entry.type === 'function' && entry.name === 'importModel');
const SELECTOR = toFunctionSelector(FUNCTION);
// Only the name has changed: the arguments are the same.
const FORMER_SELECTOR = toFunctionSelector({ ...FUNCTION, name: FORMER });

/** What an edge file holds, with the names of this version. What is no edge stays as it is. */
export function currentEdge(file: unknown): unknown {
  if (!isObject(file) || file.program !== FORMER) return file;
  return { ...file, program: 'import', transaction: currentTransaction(file.transaction) };
}

/** What the file of a signed edge holds besides its edge. The signature stays: it is of the former names. */
export function currentSignedEdge(file: unknown): unknown {
  if (!isObject(file) || !isObject(file.edge) || file.edge.program !== FORMER) return file;
  return { ...file, typedData: currentTypedData(file.typedData) };
}

/** The state of a run, with the names of this version. Files keep theirs. */
export function currentRun<State extends { kind: string; stages: Record<string, unknown> }>(state: State): State {
  if (!Object.hasOwn(KINDS, state.kind)) return state;
  const kind = KINDS[state.kind];
  if (state.kind !== FORMER) return { ...state, kind };
  const stages = Object.entries(state.stages).map(([stage, record]) => [
    stage.replace(/^(prove )?root(?= for |$)/, '$1import'),
    record,
  ]);
  return { ...state, kind, stages: Object.fromEntries(stages) };
}

function currentTypedData(data: unknown): unknown {
  if (!isObject(data) || data.primaryType !== 'Root' || !isObject(data.types)) return data;
  const { Root, ...types } = data.types;
  return { ...data, primaryType: 'Import', types: { ...types, Import: Root } };
}

function currentTransaction(call: unknown): unknown {
  if (!isObject(call) || call.function !== FORMER || typeof call.data !== 'string') return call;
  if (call.data.slice(0, FORMER_SELECTOR.length).toLowerCase() !== FORMER_SELECTOR) return call;
  return { ...call, function: FUNCTION.name, data: SELECTOR + call.data.slice(FORMER_SELECTOR.length) };
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
