import { safeText } from './hostile.ts';

const ENTITIES: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };

/** A text in an XML document, as an element's content or in an attribute; what XML cannot hold, or could mislead, is gone. */
export function xmlText(text: string): string {
  return safeText(text).replace(/[&<>"']/g, (mark) => ENTITIES[mark]);
}
