import { type FormEvent, type ReactNode, useState } from 'react';
import { type Address, getAddress, isAddress } from 'viem';
import { Field } from '../../../components/Field.tsx';
import { Notice } from '../../../components/Notice.tsx';
import { useChainConfig } from '../../../lib/chain/provider.tsx';
import type { Act, May } from './TokenCredit.tsx';

/** In percent: no trainer can keep more of what descendants are paid. */
const MOST_SHARE = 50;

/** Chooses the share of a trainer's next models. */
export function ShareForm({ known, isTrainer, may, act }: { known: number; isTrainer: boolean; may: May; act: Act }) {
  const { registry } = useChainConfig();
  const [text, setText] = useState(String(known / 100));
  const share = sharesIn(text);
  const submit = () =>
    act(
      { to: registry, abi: (abis) => abis.modelRegistryAbi, functionName: 'chooseShare', args: [BigInt(share!)] },
      'Chosen',
    );
  // What a key registers is its own: it chooses for its own models only.
  if (!isTrainer) return <p className="text-soft">The share of its next models is the trainer’s own to choose.</p>;
  return (
    <Form
      title="Share of your next models"
      button="Choose it"
      disabled={share === undefined || may.busy}
      onSubmit={submit}
    >
      <p className="text-soft">
        The part that you get of everything that descendants of your next models are paid. Models that you have
        registered keep their share. Where the shares of a lineage come to more than 100 %, its models cannot be paid.
      </p>
      <Field label={`Percent, 0 to ${MOST_SHARE}`} value={text} onText={setText} mode="decimal" />
      {share === undefined && (
        <Notice tone="warn" words={{ title: `Give a number from 0 to ${MOST_SHARE} with two decimals at most.` }} />
      )}
    </Form>
  );
}

/** Chooses where a trainer's money is sent. */
export function PayoutForm({ trainer, known, may, act }: { trainer: Address; known: Address; may: May; act: Act }) {
  const { trainers } = useChainConfig();
  const [text, setText] = useState<string>(known);
  const isGood = isAddress(text.trim(), { strict: false });
  const submit = () =>
    act(
      {
        to: trainers!,
        abi: (abis) => abis.trainersAbi,
        functionName: 'setPayout',
        args: [trainer, getAddress(text.trim())],
      },
      'Set',
    );
  return (
    <Form title="Where your money goes" button="Set it" disabled={!isGood || may.busy} onSubmit={submit}>
      <p className="text-soft">Withdrawals are sent to this address. Anybody can start one, nobody can redirect it.</p>
      <Field label="Address" value={text} onText={setText} mode="text" />
      {!isGood && <Notice tone="warn" words={{ title: 'That is no address.' }} />}
    </Form>
  );
}

function Form({
  title,
  button,
  disabled,
  onSubmit,
  children,
}: {
  title: string;
  button: string;
  disabled: boolean;
  onSubmit(): void;
  children: ReactNode;
}) {
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (!disabled) onSubmit();
  };
  return (
    <form onSubmit={submit} className="grid content-start gap-3">
      <h3 className="font-semibold">{title}</h3>
      {children}
      <button type="submit" className="button justify-self-start" disabled={disabled}>
        {button}
      </button>
    </form>
  );
}

/** Percent with two decimals at most, in 1/10,000. */
function sharesIn(text: string): number | undefined {
  if (!/^\s*\d{1,2}([.,]\d{1,2})?\s*$/.test(text)) return undefined;
  const share = Math.round(Number(text.trim().replace(',', '.')) * 100);
  return share <= MOST_SHARE * 100 ? share : undefined;
}
