// Names of earlier versions in the states of runs that they wrote. Their edges are of another format, which nothing reads here.

const FORMER = 'root';
/** Former kinds of runs. */
const KINDS: Record<string, string> = { [FORMER]: 'import', training: 'trainAll', scoring: 'scoreAll' };

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
