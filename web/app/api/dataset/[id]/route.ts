import { readDataset } from '../../../../lib/chain/pages.ts';
import { idIn } from '../../../../lib/ids.ts';
import { twin } from '../../answer.ts';

export const dynamic = 'force-dynamic';

interface Context {
  params: Promise<{ id: string }>;
}

export async function GET(_: Request, { params }: Context): Promise<Response> {
  const id = idIn((await params).id);
  return twin(id && (await readDataset(id)));
}
