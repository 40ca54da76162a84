import { getAddress, isAddress } from 'viem';
import { readCreditOf } from '../../../../lib/chain/queries.ts';
import { answer } from '../../answer.ts';

export const dynamic = 'force-dynamic';

interface Context {
  params: Promise<{ trainer: string }>;
}

/** What a trainer is owed. */
export async function GET(_: Request, { params }: Context): Promise<Response> {
  const { trainer } = await params;
  if (!isAddress(trainer, { strict: false })) return answer({ missing: 'That is no address.' });
  const read = await readCreditOf(getAddress(trainer));
  if ('missing' in read) return answer(read);
  return answer(read.credit ?? { missing: 'The credit vault does not answer, or this page knows none.' });
}
