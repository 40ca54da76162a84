import type { HeldOutOutcome } from '../actions/evolveChild.ts';
import { errorName, errorPerRow } from '../actions/evolveCurve.ts';
import type { SearchOutcome, Worth } from '../actions/evolveTypes.ts';
import type { MergeOutcome } from '../actions/mergeRun.ts';
import type { ScoreOutcome } from '../actions/scoreRun.ts';
import type { MergeInputs } from '../runs/programs/merge.ts';
import type { ProvedStep } from '../runs/proveAll.ts';
import type { ProvedEdge } from '../runs/proveRun.ts';
import { alignColumns } from '../terminal/drawTree.ts';
import { commandLine } from '../terminal/invocation.ts';
import { formatSeconds } from '../terminal/output.ts';
import { counted } from '../terminal/plural.ts';
import { describeMerge } from './merge.ts';
import { type ChainOptions, nextOptions } from './options.ts';
import { describeRank, type Ranked } from './rank.ts';

/** All that a search came to. */
export interface Evolved {
  search: SearchOutcome;
  child: MergeOutcome & { model: string; inputs: MergeInputs };
  registered: ProvedStep | undefined;
  /** Of a winner that somebody else will send. */
  edges: ProvedEdge[];
  held: (HeldOutOutcome & { sum: ScoreOutcome }) | undefined;
  ranked: Ranked | undefined;
}

interface More {
  log: string;
  curve: string;
  /** Whether all that was asked for is proved. */
  isComplete: boolean;
  next: ChainOptions;
}

export function renderEvolved({ search, child, registered, edges, held, ranked }: Evolved, more: More): string {
  const { measured, generations, rows, winner } = search;
  const searched = generations.length - 1;
  return [
    `Measured ${counted(measured, 'child', 'children')} in ${counted(searched, 'generation')} on ${counted(rows, 'dev row')}; the best is of generation ${winner.generation}.`,
    renderWorths(search, held),
    '',
    describeMerge(child, child.inputs),
    ...(registered
      ? [`proved   ${registered.proof.id} in ${formatSeconds(registered.proof.seconds)}, registered`]
      : []),
    ...describeHeldOut(held),
    ...(ranked ? [describeRank(ranked)] : []),
    `weights  ${child.model}`,
    `search   ${more.log}`,
    `curve    ${more.curve}`,
    ...edges.flatMap(({ file }) => [
      `edge     ${file}`,
      `next     ${commandLine('submit', file, ...nextOptions(more.next))}`,
    ]),
    ...(more.isComplete ? [] : ['next     the same command with --registry and a key proves and registers the child']),
  ].join('\n');
}

/** Parents, their average and the child: on the dev rows, and on those held out. */
function renderWorths(search: SearchOutcome, held: Evolved['held']): string {
  const { parents, average, winner } = search;
  const cells = ({ right, error }: Worth, of: Parameters<typeof errorPerRow>[1]) => [
    ...(right === null ? [] : [`${right} (${((100 * right) / of.rows).toFixed(1)} %)`]),
    errorPerRow(error, of).toPrecision(4),
  ];
  const heads = (rows: string) => [
    ...(parents[0].right === null ? [] : [`right of ${rows}`]),
    `${errorName(search.head)}`,
  ];
  const onHeld = held && { ...search, rows: held.sum.rows };
  const heldCells = (k: number | undefined) => {
    if (held === undefined || onHeld === undefined) return [];
    if (k !== undefined) return cells(held.parents[k], onHeld);
    const { right, result, loss } = held.sum;
    const error = right === null ? result : loss;
    // Of classes under squared error no score states an error.
    return search.head === 'squared error' && right !== null
      ? [cells({ right, error }, onHeld)[0], '-']
      : cells({ right, error }, onHeld);
  };
  const rows = [
    ['', ...heads('dev'), ...(held ? heads('held out') : [])],
    ...parents.map((worth, k) => [`parent ${k + 1}`, ...cells(worth, search), ...heldCells(k)]),
    ...(average === null
      ? []
      : [
          [
            'average',
            ...cells(average, search),
            ...heads('')
              .slice(0, held ? undefined : 0)
              .map(() => '-'),
          ],
        ]),
    ['child', ...cells(winner.worth, search), ...heldCells(undefined)],
  ];
  return alignColumns(rows);
}

function describeHeldOut(held: Evolved['held']): string[] {
  if (held === undefined) return [];
  const { sum, scored } = held;
  const proved = scored.length > 0 ? 'proved' : 'measured, not proved';
  const figure =
    sum.right === null
      ? `squared error ${sum.squaredError?.toPrecision(4)} a row`
      : `${sum.right} right of ${sum.rows}`;
  return [`held out ${figure}, ${proved}`];
}
