import { readBounty } from '../../../../lib/chain/pages.ts';
import { twin } from '../../answer.ts';

export const dynamic = 'force-dynamic';

interface Context {
  params: Promise<{ id: string }>;
}

export async function GET(_: Request, { params }: Context): Promise<Response> {
  return twin(await readBounty((await params).id));
}
