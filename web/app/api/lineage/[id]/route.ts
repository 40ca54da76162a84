import { readLineage } from '../../../../lib/chain/lists.ts';
import { idIn } from '../../../../lib/ids.ts';
import { pageQuestion } from '../../../../lib/pageQuestion.ts';
import { twin } from '../../answer.ts';

export const dynamic = 'force-dynamic';

interface Context {
  params: Promise<{ id: string }>;
}

/** A model and all that it descends from. */
export async function GET(request: Request, { params }: Context): Promise<Response> {
  const id = idIn((await params).id);
  return twin(id && (await readLineage(id, pageQuestion(request))));
}
