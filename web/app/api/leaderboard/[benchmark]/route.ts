import { readBoards } from '../../../../lib/chain/queries.ts';
import type { Entry } from '../../../../lib/chain/types.ts';

export const dynamic = 'force-dynamic';

interface Context {
  params: Promise<{ benchmark: string }>;
}

/** One benchmark's scores as CSV or JSON. */
export async function GET(request: Request, { params }: Context): Promise<Response> {
  const { benchmark } = await params;
  const chain = await readBoards();
  const board = 'missing' in chain ? undefined : chain.boards.find((other) => other.benchmark.id === benchmark);
  if (!board) return Response.json({ error: 'no such benchmark' }, { status: 404 });
  const csv = new URL(request.url).searchParams.get('format') === 'csv';
  const rows = board.entries.map(plain);
  const name = `descent-${benchmark.slice(2, 10)}.${csv ? 'csv' : 'json'}`;
  return new Response(
    csv
      ? asCsv(rows)
      : `${JSON.stringify({ benchmark: board.benchmark, entries: board.entries.map(named) }, null, 2)}\n`,
    {
      headers: {
        'content-type': csv ? 'text/csv; charset=utf-8' : 'application/json',
        'content-disposition': `attachment; filename="${name}"`,
        'x-content-type-options': 'nosniff',
      },
    },
  );
}

function plain({ rank, model, score, share, ancestors }: Entry) {
  return {
    rank,
    model: model.id,
    trainer: model.trainer,
    widths: model.widths.join('-'),
    depth: model.depth,
    right: score.right ?? null,
    error: score.error ?? null,
    rows: score.rows,
    low: share?.low ?? null,
    high: share?.high ?? null,
    declared: model.declared,
    prover: score.prover,
    transaction: score.transaction,
    ancestors: ancestors.map(({ id }) => id).join(' '),
  };
}

/** With what its trainer calls it, which a table would have to quote. */
function named(entry: Entry) {
  return { ...plain(entry), name: entry.model.name ?? null };
}

/** Hexadecimal and numbers only, so nothing needs quoting and no cell can be a formula. */
function asCsv(rows: ReturnType<typeof plain>[]): string {
  const names = [
    'rank',
    'model',
    'trainer',
    'widths',
    'depth',
    'right',
    'error',
    'rows',
    'low',
    'high',
    'declared',
    'prover',
    'transaction',
    'ancestors',
  ] as const;
  return `${[names.join(','), ...rows.map((row) => names.map((name) => String(row[name] ?? '')).join(','))].join('\n')}\n`;
}
