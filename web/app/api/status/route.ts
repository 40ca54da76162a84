import { readStatus } from '../../../lib/chain/queries.ts';
import { answer } from '../answer.ts';

export const dynamic = 'force-dynamic';

export async function GET(): Promise<Response> {
  const chain = await readStatus();
  return answer('missing' in chain ? chain : chain.status);
}
