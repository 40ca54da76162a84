import { type Address, zeroHash } from 'viem';
import { ModelLink } from '../../../components/Identity.tsx';
import { Section } from '../../../components/Section.tsx';
import type { TrainerToken } from '../../../lib/chain/moneyTypes.ts';
import { useChainConfig } from '../../../lib/chain/provider.tsx';
import type { Named } from '../../../lib/chain/types.ts';
import type { ContractCall } from '../../../lib/chain/useCall.ts';
import { amount, plural } from '../../../lib/format.ts';
import { tokenName } from '../../../lib/tokens.ts';

/** Calls that fit one transaction: a way through many merges takes much gas. */
const CLAIMS_AT_ONCE = 25;
const RESTS_AT_ONCE = 100;

/** What the visitor may do here. */
export interface May {
  connected: boolean;
  /** whether the connected account acts for the trainer */
  isKey: boolean;
  busy: boolean;
}

export type Act = (call: ContractCall, done: string) => Promise<void>;

interface Props {
  trainer: Address;
  token: TrainerToken;
  may: May;
  act: Act;
}

/** What a trainer is owed in one token. Anybody may claim and collect for it; only its key withdraws. */
export function TokenCredit({ trainer, token, may, act }: Props) {
  const { creditVault } = useChainConfig();
  const vault = {
    to: creditVault!,
    abi: (abis: typeof import('../../../../src/generated/abi.ts')) => abis.creditVaultAbi,
  };
  const units = (value: string) => `${amount(value, token.decimals)} ${tokenName(token)}`;
  const claims = token.claims.slice(0, CLAIMS_AT_ONCE);
  const rests = token.rests.slice(0, RESTS_AT_ONCE);
  const claim = () =>
    act(
      {
        ...vault,
        functionName: 'claimAll',
        args: [
          token.token,
          claims.map(({ ancestor, model, steps }) => ({
            ancestor: ancestor.id,
            model: model.id,
            mark: zeroHash,
            steps,
          })),
        ],
      },
      'Claimed',
    );
  const collect = () =>
    act({ ...vault, functionName: 'collect', args: [rests.map(({ model }) => model.id), token.token] }, 'Collected');
  const withdraw = () => act({ ...vault, functionName: 'withdrawFor', args: [trainer, token.token] }, 'Withdrawn');
  const ready = BigInt(token.credit) > 0n;
  const enabled = may.connected && !may.busy;
  return (
    <Section title={`Owed in ${tokenName(token)}`}>
      <div className="grid gap-8 py-4" data-testid="owed">
        <div className="flex flex-wrap items-center justify-between gap-4">
          <p>
            <span className="figure text-2xl" data-testid="ready">
              {units(token.credit)}
            </span>{' '}
            <span className="text-soft">ready to be withdrawn</span>
          </p>
          <button type="button" className="button button-main" disabled={!enabled || !ready} onClick={withdraw}>
            {may.isKey ? 'Withdraw' : 'Send it to the trainer'}
          </button>
        </div>
        {token.rests.length > 0 && (
          <List
            title="Its own models were paid"
            lines={token.rests.map(({ model, amount: value }) => ({ key: model.id, model, value: units(value) }))}
            button={`Collect ${plural(rests.length, 'payment')}`}
            disabled={!enabled}
            onAct={collect}
          />
        )}
        {token.claims.length > 0 && (
          <List
            title="Shares of what descendants were paid"
            lines={token.claims.map(({ ancestor, model, steps, amount: value }) => ({
              key: [ancestor.id, model.id, ...steps].join(),
              model,
              of: ancestor,
              value: units(value),
            }))}
            button={`Claim ${plural(claims.length, 'share')}`}
            disabled={!enabled}
            onAct={claim}
          />
        )}
        {!may.connected && <p className="text-soft">Connect a wallet to claim, collect or withdraw.</p>}
      </div>
    </Section>
  );
}

interface ListProps {
  title: string;
  lines: { key: string; model: Named; of?: Named; value: string }[];
  button: string;
  disabled: boolean;
  onAct(): void;
}

function List({ title, lines, button, disabled, onAct }: ListProps) {
  return (
    <div className="grid gap-2">
      <div className="flex flex-wrap items-center justify-between gap-4">
        <h3 className="font-semibold">{title}</h3>
        <button type="button" className="button" disabled={disabled} onClick={onAct}>
          {button}
        </button>
      </div>
      <ul className="divide-y divide-line">
        {lines.map(({ key, model, of, value }) => (
          <li key={key} className="flex flex-wrap items-center justify-between gap-3 py-3">
            <span className="flex min-w-0 flex-wrap items-center gap-x-4 gap-y-1">
              <ModelLink model={model} mark={false} />
              {of && (
                <>
                  <span className="text-soft">for</span> <ModelLink model={of} mark={false} />
                </>
              )}
            </span>
            <span className="figure">{value}</span>
          </li>
        ))}
      </ul>
    </div>
  );
}
