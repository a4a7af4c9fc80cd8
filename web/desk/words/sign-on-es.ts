/** The words of setting up single sign-on, in Spanish. */
import type { SignOnWords } from './sign-on-en.ts';

export const signOnEs: SignOnWords = {
  title: 'Cuentas que guarda en otro lugar',
  text:
    'El personal puede entrar con las cuentas que su consultorio tiene en Microsoft, Google, Okta, ' +
    'Keycloak u otro proveedor de OpenID Connect. Conserve una llave de acceso para cada titular: ' +
    'abre cuando el proveedor no responde.',
  add: 'Configurar un proveedor',
  change: 'Cambiarlo',
  setUp: 'Configurar',
  returns: 'Dirección de retorno, para indicarla al proveedor',
  staffLink: 'Enlace para su personal',
  issuer: 'Dirección del proveedor (issuer)',
  issuerHint: 'Tal como la da el proveedor, empezando por https://',
  name: 'Cómo lo llama usted',
  nameHint: 'Su personal ve este nombre.',
  clientId: 'ID de cliente',
  clientSecret: 'Secreto de cliente',
  secretHint: 'Al menos 16 caracteres. Se guarda sellado y no se muestra más.',
  secretStays: 'Déjelo vacío para conservar el actual.',
  claim: 'Claim de las funciones',
  claimHint: 'Por ejemplo «groups». Déjelo vacío para dar las funciones solo aquí.',
  value: 'Lo que dice el proveedor',
  role: 'Función aquí',
  addRole: 'Añadir una línea',
  noRole: (line) => `Quitar la línea ${line}`,
  remove: 'Quitar',
  save: 'Guardar',
  wrong:
    'Revise la dirección, el ID y el secreto. La dirección lleva https; el secreto, 16 caracteres o más.',
  conflict: 'Otra persona lo cambió ahora mismo. Vuelva a cargar la página.',
  saved: 'Guardado. Pruébelo con su propia cuenta antes de decirlo a su personal.',
  end: 'Que ya no deje entrar a nadie',
  endText: (name) =>
    `Desde ahora nadie entra con ${name}. Quien no tenga otra forma necesita una invitación.`,
  endIt: 'Sí, terminarlo',
  ended: 'Ha terminado.',
  cancel: 'Cancelar',
  rolesFollow: 'Las funciones siguen al proveedor',
  yes: 'sí',
  no: 'no, se dan aquí',
};
