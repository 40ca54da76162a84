import { commonPlaces } from '../../../../../src/model/measures.ts';
import { headWord } from '../../../../../src/model/smoothing.ts';
import { readBoard } from '../../../../lib/chain/queries.ts';
import type { Entry } from '../../../../lib/chain/types.ts';
import { shapeText } from '../../../../lib/format.ts';
import { safeJson } from '../../../../lib/hostile.ts';
import { answer, answerText, twin } from '../../answer.ts';

export const dynamic = 'force-dynamic';

interface Context {
  params: Promise<{ benchmark: string }>;
}

/** One benchmark's scores as CSV or JSON: those that can be compared, then those that stand apart. */
export async function GET(request: Request, { params }: Context): Promise<Response> {
  const { benchmark } = await params;
  const chain = await readBoard(benchmark);
  if ('missing' in chain) return answer(chain);
  const { board } = chain;
  if (!board) return twin(undefined);
  const csv = new URL(request.url).searchParams.get('format') === 'csv';
  const name = `descent-${benchmark.slice(2, 10)}.${csv ? 'csv' : 'json'}`;
  const k = commonPlaces([...board.entries, ...board.apart].map(({ measures }) => measures?.tops ?? []));
  return answerText(
    csv
      ? asCsv([
          ...board.entries.map((entry) => tabled(entry, k)),
          ...board.apart.map((entry) => tabled(entry, k, true)),
        ])
      : `${safeJson({
          benchmark: board.benchmark,
          entries: board.entries.map((entry) => named(entry)),
          apart: board.apart.map((entry) => named(entry, true)),
        })}\n`,
    200,
    csv ? 'text/csv; charset=utf-8' : 'application/json',
    { 'content-disposition': `attachment; filename="${name}"` },
  );
}

/** @param apart whether it is ranked among those that cannot be compared with the others */
function plain({ rank, model, score, share, ancestry, measures }: Entry, apart = false) {
  return {
    rank,
    apart,
    model: model.id,
    trainer: model.trainer,
    widths: shapeText(model),
    head: headWord(model.head),
    depth: model.depth,
    right: score.right ?? null,
    error: score.error ?? null,
    rows: score.rows,
    low: share?.low ?? null,
    high: share?.high ?? null,
    logLoss: measures?.lossPerRow ?? null,
    absoluteError: measures?.meanAbsoluteError ?? null,
    trainedOnTheseRows: score.trainedRows > 0,
    trainedRows: score.trainedRows,
    sameSchema: score.sameSchema ?? null,
    declared: model.declared,
    foreign: model.isForeign,
    prover: score.prover,
    transaction: score.transaction,
    parents: model.parents.map(({ id }) => id).join(' '),
    ancestors: ancestry.ancestors,
    edges: ancestry.edges,
    origins: ancestry.origins,
    steps: ancestry.steps,
    rowsUsed: ancestry.rowsUsed,
    rowsOfDifferentShards: ancestry.rows,
  };
}

/**
 * With what its trainer calls it, which a table would have to quote, and with what there may be several of. `recipe` has the
 * coefficients of a merge, of each parent those of layer 1..L in units of 2^-14.
 */
function named(entry: Entry, apart = false) {
  const { tops = [], rightBy = null } = entry.measures ?? {};
  const { name = null, kind, parents } = entry.model;
  const recipe = kind === 'merge' ? parents.map(({ coefficients }) => coefficients ?? null) : null;
  return { ...plain(entry, apart), tops, rightBy, name, recipe };
}

/** @param k the number of places of which a table says how many rows are among them */
function tabled(entry: Entry, k: number | undefined, apart = false) {
  const top = entry.measures?.tops.find((one) => one.k === k);
  return { ...plain(entry, apart), topPlaces: top?.k ?? null, topRows: top?.rows ?? null };
}

/** Hexadecimal, numbers and yes or no only, so nothing needs quoting and no cell can be a formula. */
function asCsv(rows: ReturnType<typeof tabled>[]): string {
  const names = [
    'rank',
    'apart',
    'model',
    'trainer',
    'widths',
    'head',
    'depth',
    'right',
    'error',
    'rows',
    'low',
    'high',
    'logLoss',
    'absoluteError',
    'topPlaces',
    'topRows',
    'trainedOnTheseRows',
    'trainedRows',
    'sameSchema',
    'declared',
    'foreign',
    'prover',
    'transaction',
    'parents',
    'ancestors',
    'edges',
    'origins',
    'steps',
    'rowsUsed',
    'rowsOfDifferentShards',
  ] as const;
  return `${[names.join(','), ...rows.map((row) => names.map((name) => String(row[name] ?? '')).join(','))].join('\n')}\n`;
}
