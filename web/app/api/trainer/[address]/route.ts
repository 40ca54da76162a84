import { readTrainer } from '../../../../lib/chain/pages.ts';
import { addressIn } from '../../../../lib/ids.ts';
import { twin } from '../../answer.ts';

export const dynamic = 'force-dynamic';

interface Context {
  params: Promise<{ address: string }>;
}

export async function GET(_: Request, { params }: Context): Promise<Response> {
  const address = addressIn((await params).address);
  return twin(address && (await readTrainer(address)));
}
