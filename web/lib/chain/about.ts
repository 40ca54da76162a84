import { callWords } from '../callWords.ts';
import type { About } from './sentTypes.ts';

/** What a call does, and the page that it was sent from. */
export function aboutCall(functionName: string): About {
  const { pathname, search } = window.location;
  return { what: callWords(functionName), page: `${pathname}${search}`.slice(0, 300) };
}
