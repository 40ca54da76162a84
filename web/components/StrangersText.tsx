import { safeLink, safeText } from '../lib/hostile.ts';

/** What a stranger wrote: text only, and a link only where it is a plain https or ipfs one, with its host in sight. */
export function StrangersText({ text }: { text: string }) {
  const link = safeLink(text);
  if (text === '') return <span className="text-soft">none</span>;
  if (!link) return <bdi className="break-words">{safeText(text)}</bdi>;
  return (
    <a className="link break-all" href={link.href} target="_blank" rel="noopener noreferrer nofollow ugc">
      <bdi>{safeText(text)}</bdi>
    </a>
  );
}
