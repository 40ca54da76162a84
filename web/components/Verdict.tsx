import type { Verdict as Conclusion } from '../../src/registry/check.ts';

const TONES = {
  verified: 'border-good text-good',
  holds: 'border-warn text-warn',
  false: 'border-bad text-bad',
} as const;

const WORDS = {
  verified: 'Verified.',
  holds: 'The proof holds; not shown:',
  false: 'Verification failed.',
} as const;

/** What a person may conclude from all checks. */
export function Verdict(props: {
  subject: string;
  verdict: Conclusion;
  notShown: readonly string[];
  /** what no check covers, whatever the verdict */
  uncovered?: string | undefined;
}) {
  const { subject, verdict, notShown, uncovered } = props;
  return (
    <div
      role="status"
      data-testid="verdict"
      data-verdict={verdict}
      className={`border-l-4 py-1 pl-4 ${TONES[verdict]}`}
    >
      <p className="text-lg font-medium">{WORDS[verdict]}</p>
      {verdict === 'holds' && (
        <ul className="list-disc pl-5 text-ink">
          {notShown.map((what) => (
            <li key={what}>{what}</li>
          ))}
        </ul>
      )}
      <p className="hash text-soft">{subject}</p>
      {uncovered && <p className="mt-2 text-ink [overflow-wrap:anywhere]">No check covers: {uncovered}</p>}
    </div>
  );
}
