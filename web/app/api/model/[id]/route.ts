import { readModelView } from '../../../../lib/chain/queries.ts';
import { idIn } from '../../../../lib/ids.ts';
import { twin } from '../../answer.ts';

export const dynamic = 'force-dynamic';

interface Context {
  params: Promise<{ id: string }>;
}

/** With the result on the benchmark that `?benchmark=` names. */
export async function GET(request: Request, { params }: Context): Promise<Response> {
  const id = idIn((await params).id);
  const benchmark = new URL(request.url).searchParams.get('benchmark') ?? undefined;
  return twin(id && (await readModelView(id, benchmark)));
}
