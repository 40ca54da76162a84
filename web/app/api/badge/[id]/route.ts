import { makeBadge } from 'badge-maker';
import { badgeFormat } from '../../../../../src/registry/badge.ts';
import { readModelView } from '../../../../lib/chain/queries.ts';
import { idIn } from '../../../../lib/ids.ts';
import { answerText } from '../../answer.ts';

export const dynamic = 'force-dynamic';

interface Context {
  params: Promise<{ id: string }>;
}

/** A picture for other pages. It is no proof, and says of what is not registered that it is not. */
export async function GET(_: Request, { params }: Context): Promise<Response> {
  const id = idIn((await params).id);
  const view = id && (await readModelView(id));
  if (!id || !view || 'missing' in view) {
    const format = { label: 'Descent', message: 'not registered here', color: 'lightgrey' };
    return answerText(makeBadge(format), view ? 503 : 404, 'image/svg+xml');
  }
  const { chainId, devKeys } = view.config;
  const { declared, isForeign } = view.model;
  // This server has read the whole chain, so that no ancestor is unread.
  const facts = { id, chainId, devKeys, declared, foreign: isForeign, unread: 0 };
  return answerText(makeBadge(badgeFormat(facts)), 200, 'image/svg+xml');
}
