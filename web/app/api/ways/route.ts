import { readWay } from '../../../lib/chain/queries.ts';
import { isHash } from '../../../lib/format.ts';
import { answer } from '../answer.ts';

export const dynamic = 'force-dynamic';

/** The steps of one way from a model up to another, as contracts take them; none where there is no way. */
export async function GET(request: Request): Promise<Response> {
  const { searchParams } = new URL(request.url);
  const [from, to] = [searchParams.get('from'), searchParams.get('to')];
  if (!isHash(from) || !isHash(to)) return answer({ missing: 'Name two models by their ids: ?from=0x..&to=0x..' });
  return answer(await readWay(from.toLowerCase() as `0x${string}`, to.toLowerCase() as `0x${string}`));
}
