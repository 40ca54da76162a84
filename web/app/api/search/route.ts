import { readSearch } from '../../../lib/chain/queries.ts';
import { answer } from '../answer.ts';

export const dynamic = 'force-dynamic';

const LONGEST = 80;
/** Of each kind. */
const MOST = 8;

export async function GET(request: Request): Promise<Response> {
  const text = new URL(request.url).searchParams.get('q') ?? '';
  return answer(await readSearch(text.slice(0, LONGEST), MOST));
}
