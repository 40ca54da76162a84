import { moment } from '../lib/format.ts';
import { safeText } from '../lib/hostile.ts';
import type { SignedFile } from '../lib/signedFile.ts';
import { Hash } from './Identity.tsx';

/** Values of a list that are shown. */
const MOST_VALUES = 8;

/** What a trainer signed, and how long anybody may carry it. */
export function SignedSummary({ signed, people }: { signed: SignedFile; people: Record<string, string> }) {
  const { plain, trainer, relay, target, deadline, typed } = signed;
  const name = people[trainer.toLowerCase()];
  return (
    <div className="grid gap-4 py-4">
      <dl className="grid-facts">
        {plain && (
          <>
            <dt>What</dt>
            <dd className="font-medium">{plain.what}</dd>
          </>
        )}
        <dt>Signed by</dt>
        <dd>
          {name && <span className="mr-2">{name}</span>}
          <Hash value={trainer} what="address" />
        </dd>
        <dt>Anybody may pay</dt>
        <dd>until {moment(Math.min(deadline, LAST_MOMENT))}</dd>
        <dt>Through the relay</dt>
        <dd>
          <Hash value={relay} what="address of the relay" />
        </dd>
        <dt>Contract</dt>
        <dd>
          <Hash value={target} what="address of the contract" />
        </dd>
      </dl>
      <details open={plain !== undefined}>
        <summary>What was signed, word for word</summary>
        <dl className="grid-facts mt-2" data-testid="signed-words">
          <dt>Request</dt>
          <dd>{typed.primaryType}</dd>
          {Object.entries(typed.message).map(([field, value]) => (
            <Field key={field} name={field} value={value} />
          ))}
        </dl>
      </details>
    </div>
  );
}

/** The last second that a date can name. */
const LAST_MOMENT = 8_640_000_000_000;

function Field({ name, value }: { name: string; value: unknown }) {
  const values = Array.isArray(value) ? value.slice(0, MOST_VALUES) : [value];
  const more = Array.isArray(value) ? value.length - values.length : 0;
  return (
    <>
      <dt>{name}</dt>
      <dd className="hash min-w-0 [overflow-wrap:anywhere]">
        {values.map((one, k) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: the list never changes
          <span key={k} className="block">
            {safeText(textOf(one))}
          </span>
        ))}
        {more > 0 && <span className="block">and {more} more</span>}
        {Array.isArray(value) && value.length === 0 && 'none'}
      </dd>
    </>
  );
}

function textOf(value: unknown): string {
  if (typeof value === 'object' && value !== null) {
    return Object.entries(value)
      .map(([name, inner]) => `${name} ${textOf(inner)}`)
      .join(', ');
  }
  return value === '' ? 'empty' : String(value);
}
