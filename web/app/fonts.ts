import localFont from 'next/font/local';

/** Archivo: weight and width vary, which is what labels of a map need. */
export const archivo = localFont({
  src: '../../node_modules/@fontsource-variable/archivo/files/archivo-latin-wdth-normal.woff2',
  variable: '--font-archivo',
  weight: '100 900',
  declarations: [{ prop: 'font-stretch', value: '62% 125%' }],
  display: 'swap',
  adjustFontFallback: 'Arial',
});

/** Martian Mono for ids and addresses. */
export const martian = localFont({
  src: '../../node_modules/@fontsource-variable/martian-mono/files/martian-mono-latin-wdth-normal.woff2',
  variable: '--font-martian',
  weight: '100 800',
  declarations: [{ prop: 'font-stretch', value: '75% 112.5%' }],
  display: 'swap',
  adjustFontFallback: false,
  preload: false,
});
