import { Field } from '../../../../components/Field.tsx';
import { isHash } from '../../../../lib/format.ts';
import { etherIn } from '../../../../lib/tokens.ts';

/** What was typed. */
export interface RulesDraft {
  undeclared: boolean;
  noForeign: boolean;
  sameSchema: boolean;
  ancestor: string;
  fee: string;
}

export const NO_RULES: RulesDraft = { undeclared: false, noForeign: false, sameSchema: true, ancestor: '', fee: '' };

const CHECKS = [
  ['sameSchema', 'The model and the rows must state the same columns and classes'],
  ['undeclared', 'No declared imports, nor models that descend from one'],
  ['noForeign', 'No models in whose descent a foreign program has a part'],
] as const;

/** Who may enter a benchmark. */
export function RulesFields({ draft, onDraft }: { draft: RulesDraft; onDraft(draft: RulesDraft): void }) {
  return (
    <fieldset className="grid gap-3">
      <legend className="mb-2 font-semibold">Rules</legend>
      {CHECKS.map(([name, text]) => (
        <label key={name} className="flex items-center gap-2.5">
          <input
            type="checkbox"
            checked={draft[name]}
            onChange={(event) => onDraft({ ...draft, [name]: event.target.checked })}
          />{' '}
          {text}
        </label>
      ))}
      <div className="grid gap-4 sm:grid-cols-[minmax(0,1fr)_12rem]">
        <Field
          label="Only this model and its descendants (its id; empty: any)"
          value={draft.ancestor}
          onText={(ancestor) => onDraft({ ...draft, ancestor })}
        />
        <Field
          label="Entry fee in ETH (empty: none)"
          value={draft.fee}
          mode="decimal"
          onText={(fee) => onDraft({ ...draft, fee })}
        />
      </div>
    </fieldset>
  );
}

/** Why the rules cannot be sent; undefined where they can. */
export function rulesProblem({ ancestor, fee }: RulesDraft): string | undefined {
  if (ancestor.trim() !== '' && !isHash(ancestor.trim())) return 'A model is named by its id: 0x and 64 digits.';
  if (fee.trim() !== '' && fee.trim() !== '0' && etherIn(fee) === undefined) return 'Give a fee such as 0.01, or none.';
  return undefined;
}

/** As the contract takes them. */
export function rulesOf({ ancestor, fee, ...checks }: RulesDraft) {
  return { ...checks, ancestor: ancestor.trim() || `0x${'00'.repeat(32)}`, fee: etherIn(fee) ?? 0n };
}
