/** Entries of a page of a list: as many as usual, and at most. */
export const USUAL_LIMIT = 50;
export const MOST_LIMIT = 500;

/** `?after=` and `?limit=` of a list. A limit that is none is the usual one. */
export function pageQuestion(request: Request): { after?: string; limit: number } {
  const { searchParams } = new URL(request.url);
  const [after, limit] = [searchParams.get('after'), searchParams.get('limit') ?? ''];
  const asked = /^\d{1,6}$/.test(limit) ? Number(limit) : USUAL_LIMIT;
  return { ...(after !== null && { after }), limit: Math.min(Math.max(asked, 1), MOST_LIMIT) };
}
