import { readGraph } from '../../../lib/chain/queries.ts';
import { graphQuestion } from '../../../lib/graphQuestion.ts';
import { filterOf, parseTreeLink } from '../../../lib/treeLink.ts';
import { answer } from '../answer.ts';

export const dynamic = 'force-dynamic';

export async function GET(request: Request): Promise<Response> {
  const { searchParams } = new URL(request.url);
  return answer(await readGraph({ ...graphQuestion(searchParams), filter: filterOf(parseTreeLink('', searchParams)) }));
}
