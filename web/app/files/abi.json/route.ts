import * as abis from '../../../../src/generated/abi.ts';
import { answerText } from '../../api/answer.ts';

export const dynamic = 'force-dynamic';

/** The interfaces of all contracts, each under its name. */
export async function GET(): Promise<Response> {
  const named = Object.entries(abis).map(([name, abi]) => [name.replace(/Abi$/, ''), abi]);
  return answerText(JSON.stringify(Object.fromEntries(named)), 200, 'application/json');
}
