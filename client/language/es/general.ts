/** What is said everywhere: buttons, problems, the connection, storage, days and presence. */
import type { general as english } from '../en/general.ts';
import type { Translation } from '../phrases.ts';

export const general: Translation<typeof english, 'es'> = {
  app: 'Tidewire',
  tagline: 'Mensajes que funcionan también sin conexión.',
  cancel: 'Cancelar',
  close: 'Cerrar',
  retry: 'Reintentar',
  back: 'Volver a los chats',
  you: 'Tú',
  problem: {
    network: 'No se puede conectar con el servidor. Revisa tu conexión e inténtalo de nuevo.',
    unknown: 'No ha funcionado. Inténtalo de nuevo.',
    nameMissing: 'Escribe tu nombre.',
    emailMissing: 'Escribe tu correo electrónico.',
    emailWrong: 'Esto no parece un correo electrónico.',
    passwordMissing: 'Escribe tu contraseña.',
    passwordShort: 'Usa al menos 8 caracteres.',
  },
  connection: {
    connecting: 'Conectando…',
    offline: 'Sin conexión',
    offlineWaiting_one: 'Sin conexión, {{count, number}} en espera',
    offlineWaiting_many: 'Sin conexión, {{count, number}} en espera',
    offlineWaiting_other: 'Sin conexión, {{count, number}} en espera',
    syncing: 'Sincronizando…',
  },
  storage: {
    quota: 'El almacenamiento de este dispositivo está lleno, así que aquí no se pueden guardar mensajes.',
    blocked: 'Este navegador no permite que Tidewire guarde mensajes en este dispositivo.',
    outdated: 'Hay una versión más nueva de Tidewire abierta en otra pestaña. Recarga para seguir aquí.',
    unavailable: 'Este navegador no puede guardar mensajes en este dispositivo, quizá porque la ventana es privada.',
    wiped: 'El navegador quitó los mensajes guardados en este dispositivo. Se están descargando otra vez.',
    unknown: 'No se pueden guardar mensajes en este dispositivo.',
  },
  session: {
    over: 'Se ha cerrado tu sesión. Tus mensajes siguen en este dispositivo.',
    overWaiting_one:
      'Se ha cerrado tu sesión. {{count, number}} mensaje no se ha enviado y se queda aquí hasta que vuelvas a iniciar sesión.',
    overWaiting_many:
      'Se ha cerrado tu sesión. {{count, number}} de mensajes no se han enviado y se quedan aquí hasta que vuelvas a iniciar sesión.',
    overWaiting_other:
      'Se ha cerrado tu sesión. {{count, number}} mensajes no se han enviado y se quedan aquí hasta que vuelvas a iniciar sesión.',
    remove: 'Quitarlos',
  },
  removeData: {
    title: '¿Quitar tus mensajes de este dispositivo?',
    hint: 'Todo se ha enviado. Volverá a estar aquí cuando inicies sesión.',
    action: 'Quitar',
  },
  update: {
    ready: 'Hay una nueva versión lista',
    reload: 'Recargar',
    later: 'Más tarde',
  },
  failure: {
    title: 'Algo ha salido mal',
    hint: 'Tus mensajes están a salvo en este dispositivo. Vuelve a cargar la aplicación para continuar.',
  },
  dates: {
    today: 'Hoy',
    yesterday: 'Ayer',
  },
  presence: {
    typing_one: '{{names, list}} está escribiendo…',
    typing_many: '{{names, list}} están escribiendo…',
    typing_other: '{{names, list}} están escribiendo…',
    typingMany: 'Varias personas están escribiendo…',
    online: 'en línea',
    lastSeen: 'últ. vez {{when}}',
    today: 'a las {{time}}',
    yesterday: 'ayer a las {{time}}',
    earlier: 'el {{date}}',
  },
};
