/** JSON of what was read; 503 where there is nothing to read from. */
export function answer(value: object): Response {
  return Response.json(value, {
    status: 'missing' in value ? 503 : 200,
    headers: { 'cache-control': 'no-store', 'x-content-type-options': 'nosniff' },
  });
}
