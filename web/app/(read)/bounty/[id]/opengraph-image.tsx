import { STATES } from '../../../../components/Lists.tsx';
import { devKeysInWords, SHARE_SIZE, shareImage } from '../../../../components/ShareImage.tsx';
import { readBounty } from '../../../../lib/chain/pages.ts';
import { amount, capitalised, short } from '../../../../lib/format.ts';
import { tokenName } from '../../../../lib/tokens.ts';
import { thresholdText } from '../../bounties/BountyCard.tsx';

export const size = SHARE_SIZE;
export const contentType = 'image/png';
export const alt = 'A bounty in the Descent register';

interface Props {
  params: Promise<{ id: string }>;
}

export default async function Image({ params }: Props) {
  const view = await readBounty((await params).id);
  if (!view || 'missing' in view) return shareImage();
  const { config, bounty } = view;
  const state = bounty.state === 'open' && bounty.over ? 'over, not won' : STATES[bounty.state];
  return shareImage({
    kind: `Bounty ${bounty.id}`,
    title: `${amount(bounty.amount, bounty.decimals)} ${tokenName(bounty)}`,
    id: `on benchmark ${short(bounty.benchmark, 14, 10)}`,
    lines: [thresholdText(bounty), capitalised(state)],
    warnings: devKeysInWords(config),
  });
}
