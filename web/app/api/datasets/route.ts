import { readDatasets } from '../../../lib/chain/lists.ts';
import { pageQuestion } from '../../../lib/pageQuestion.ts';
import { twin } from '../answer.ts';

export const dynamic = 'force-dynamic';

export async function GET(request: Request): Promise<Response> {
  return twin(await readDatasets(pageQuestion(request)));
}
