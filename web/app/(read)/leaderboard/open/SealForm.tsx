import { type FormEvent, useState } from 'react';
import { Field } from '../../../../components/Field.tsx';
import { Notice } from '../../../../components/Notice.tsx';
import { useStatus } from '../../../../lib/chain/useStatus.ts';
import { count, isHash } from '../../../../lib/format.ts';
import { etherIn } from '../../../../lib/tokens.ts';
import type { Act } from './act.ts';
import { NO_RULES, RulesFields, rulesOf, rulesProblem } from './RulesFields.tsx';

const DAY = 86_400;
const MOST_DAYS = 5 * 365;

/** Commits to a dataset whose shards are not registered. */
export function SealForm({ may, act }: { may: boolean; act: Act }) {
  const { head } = useStatus({ head: 0, scanned: 0, first: 0, whole: false, answeredAt: 0 });
  const [dataset, setDataset] = useState('');
  const [blocks, setBlocks] = useState('7200');
  const [days, setDays] = useState('30');
  const [bond, setBond] = useState('0.1');
  const [draft, setDraft] = useState(NO_RULES);
  const wait = /^\d{1,8}$/.test(blocks.trim()) ? Number(blocks) : 0;
  const open = /^\d{1,4}$/.test(days.trim()) ? Number(days) : 0;
  const value = bond.trim() === '' || bond.trim() === '0' ? 0n : etherIn(bond);
  const problem = !isHash(dataset.trim())
    ? 'Give the id of the dataset: 0x and 64 digits.'
    : wait < 1
      ? 'Say how many blocks from now models count.'
      : open < 1 || open > MOST_DAYS
        ? `Say within how many days you will open it, 1 to ${count(MOST_DAYS)}.`
        : value === undefined
          ? 'Give a bond such as 0.1, or 0.'
          : rulesProblem(draft);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const openBy = BigInt(Math.floor(Date.now() / 1000) + open * DAY);
    const args = [dataset.trim(), BigInt(head + wait), openBy, rulesOf(draft)];
    void act({ functionName: 'sealBenchmark', args, value: value! }, 'Sealed');
  };
  return (
    <form onSubmit={submit} className="grid max-w-2xl gap-5 py-4">
      <p className="text-soft">
        Make and prove the shards first, but do not register them. “descent dataset id” prints the id of the dataset
        that they will be. Models count that are registered up to the closing block. Then register the shards and the
        dataset, and open the benchmark in time: otherwise the bond is burned.
      </p>
      <Field label="Id of the dataset" value={dataset} onText={setDataset} />
      <div className="grid gap-4 sm:grid-cols-3">
        <Field label={`Blocks from now (${count(head)})`} value={blocks} onText={setBlocks} mode="numeric" />
        <Field label="Days until it is open" value={days} onText={setDays} mode="numeric" />
        <Field label="Bond in ETH" value={bond} onText={setBond} mode="decimal" />
      </div>
      <RulesFields draft={draft} onDraft={setDraft} />
      {problem && dataset !== '' && <Notice tone="warn" words={{ title: problem }} />}
      <button type="submit" className="button button-main justify-self-start" disabled={!may || problem !== undefined}>
        Seal it with the wallet
      </button>
    </form>
  );
}
