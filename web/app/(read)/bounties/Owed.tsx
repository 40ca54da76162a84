import type { Address } from 'viem';
import { Section } from '../../../components/Section.tsx';
import type { BountyView } from '../../../lib/chain/moneyTypes.ts';
import { useOwed } from '../../../lib/chain/useOwed.ts';
import { amount } from '../../../lib/format.ts';
import { tokenName } from '../../../lib/tokens.ts';
import type { Act } from './useBountyAct.ts';

interface Props {
  account: Address;
  bounties: BountyView[];
  may: boolean;
  act: Act;
}

/** What the connected account won, and what it gets back. */
export function Owed({ account, bounties, may, act }: Props) {
  const tokens = [...new Map(bounties.map((bounty) => [bounty.token, bounty])).values()];
  const { data = [] } = useOwed(account, tokens);
  const some = data.filter(({ won, back }) => won !== '0' || back !== '0');
  if (some.length === 0) return null;
  return (
    <Section title="Yours">
      <ul className="divide-y divide-line" data-testid="yours">
        {some.map((token) => (
          <li key={token.token} className="flex flex-wrap items-center gap-4 py-3">
            {token.won !== '0' && (
              <button
                type="button"
                className="button button-main"
                disabled={!may}
                onClick={() => act({ functionName: 'withdrawFor', args: [account, token.token] }, 'Withdrawn')}
              >
                Withdraw {amount(token.won, token.decimals)} {tokenName(token)} that you won
              </button>
            )}
            {token.back !== '0' && (
              <button
                type="button"
                className="button"
                disabled={!may}
                onClick={() => act({ functionName: 'withdrawRefund', args: [token.token, account] }, 'Withdrawn')}
              >
                Take back {amount(token.back, token.decimals)} {tokenName(token)}
              </button>
            )}
          </li>
        ))}
      </ul>
    </Section>
  );
}
