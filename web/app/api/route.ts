import { OPEN_API } from '../../lib/openApi.ts';
import { answerText } from './answer.ts';

export const dynamic = 'force-dynamic';

/** The description of this API. */
export async function GET(): Promise<Response> {
  return answerText(JSON.stringify(OPEN_API), 200, 'application/json');
}
