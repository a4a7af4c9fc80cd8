/** The words of the disclosure desk, in Spanish. */
import type { DeskWords } from './words-en.ts';

export const es: DeskWords = {
  language: 'es',
  name: 'Español',
  skip: 'Ir al contenido',
  pages: 'Páginas de seguridad',
  languages: 'Idiomas',
  policyLink: 'Política',
  reportLink: 'Avisar',
  receiptLink: 'Recibo',
  nobody: 'Aquí no se ha indicado ningún contacto. Llame por teléfono a la consulta.',
  policy: {
    title: '¿Ha encontrado un fallo? Gracias.',
    lead:
      'Las personas confían a esta consulta sus datos de salud. Si ha encontrado una entrada que no ' +
      'debería existir, queremos saberlo, sea usted quien sea. Aquí se dice qué puede hacer y qué puede ' +
      'esperar de nosotros.',
    before: [
      {
        heading: 'Con nosotros está a salvo',
        paragraphs: [
          'Si hace un esfuerzo honesto por respetar esta política mientras busca fallos, consideramos ' +
            'autorizado lo que haga. Colaboraremos con usted para entenderlo y repararlo pronto, y no ' +
            'emprenderemos ni recomendaremos acciones legales contra usted.',
          'Si otra persona emprende acciones legales contra usted por algo que hizo dentro de esta ' +
            'política, haremos saber que tenía nuestra autorización.',
        ],
      },
      {
        heading: 'Qué le pedimos',
        paragraphs: ['Mientras busca, por favor:'],
        list: [
          'Avísenos lo antes posible cuando haya encontrado algo.',
          'Deténgase en el primer dato. Si ve cualquier cosa de un paciente (un nombre, una fecha, un ' +
            'documento), no siga, no guarde copia y avísenos de inmediato.',
          'Llegue solo hasta donde haga falta para mostrar que el fallo existe. No permanezca dentro ni ' +
            'lo use para llegar a otra parte.',
          'Cuide a quienes trabajan aquí y a sus pacientes: no cambie, borre ni ralentice nada.',
          'Denos 90 días para repararlo antes de hablar de ello en público.',
          'Prefiera la calidad a la cantidad: el resultado de un escáner por sí solo no ayuda.',
        ],
      },
      {
        heading: 'Qué no está permitido',
        paragraphs: [],
        list: [
          'Pruebas que agoten un servicio (denegación de servicio) o que puedan dañar sus datos.',
          'Entrar en los locales, engañar al personal o a los pacientes, el phishing y todo lo que no ' +
            'sea técnico.',
          'Intentar entrar como alguien que no lo ha consentido.',
        ],
      },
      {
        heading: 'A qué se refiere',
        paragraphs: [
          'A todo lo que hay en {url}: las páginas, la interfaz de programación en /fhir y todo lo demás ' +
            'que responda en esa dirección.',
          'Lo demás no está incluido, tampoco otros servicios de la consulta y de sus socios. Si no está ' +
            'seguro, pregúntenos antes de empezar. Lo que encuentre en sistemas de otros, comuníqueselo ' +
            'a ellos.',
        ],
      },
    ],
    reporting: {
      heading: 'Cómo avisar',
      form:
        'Lo mejor es el formulario. No hace falta cuenta ni nombre. Lo que escriba se sella en su ' +
        'navegador, de modo que solo los responsables de seguridad puedan leerlo, y recibe un recibo al ' +
        'momento.',
      button: 'Avisar de un fallo',
      others: 'También puede encontrarnos aquí:',
      machines: 'Los programas encuentran lo mismo en',
    },
    after: [
      {
        heading: 'Qué nos ayuda',
        paragraphs: ['Un buen aviso:'],
        list: [
          'dice dónde está el fallo y qué podría hacer alguien con él;',
          'dice paso a paso cómo volver a verlo (un script o una imagen ayudan);',
          'está, si es posible, en español, inglés o alemán.',
        ],
      },
      {
        heading: 'Qué puede esperar',
        paragraphs: ['Si nos dice cómo encontrarle, seremos tan abiertos con usted como podamos:'],
        list: [
          'En tres días laborables confirmamos que su aviso se ha leído.',
          'En la medida de lo posible, le decimos si es así, qué hacemos y qué nos retrasa.',
          'Seguimos en contacto hasta que quede resuelto y, si lo desea, le nombramos como quien lo ' +
            'encontró.',
        ],
      },
      {
        heading: 'Preguntas',
        paragraphs: [
          'Pregunte por la misma vía, también antes de empezar. Agradecemos ideas que mejoren esta política.',
        ],
      },
    ],
  },
  report: {
    title: 'Avisar de un fallo',
    lead: 'Cuente con sus palabras lo que encontró. No necesita cuenta ni tiene que decir quién es.',
    closed: 'Aquí aún no se reciben avisos sellados. Por favor, avísenos de otra manera; se lo agradecemos.',
    rules: 'Qué puede hacer y qué puede esperar',
    noScript:
      'Este formulario sella en su navegador lo que escribe antes de enviarlo, y para eso necesita ' +
      'JavaScript. Sin él, escríbanos, por favor; lo leemos igual:',
    byHand: 'Si conoce el programa age, puede sellar su texto para este destinatario y enviarlo por correo:',
    what: { label: '¿Qué encontró?', hint: '¿Y qué podría hacer alguien con ello?' },
    where: { label: '¿Dónde está?', hint: 'Una dirección, una página o una parte del programa.' },
    how: {
      label: '¿Cómo podemos verlo?',
      hint: 'Paso a paso. Por favor, sin nada que sea de pacientes: nombres, fechas, documentos.',
    },
    contact: {
      label: '¿Cómo podemos encontrarle?',
      hint: 'Un correo u otra cosa. Sin ello no podemos preguntarle, y el recibo será el único rastro.',
    },
    optional: 'si lo desea',
    sealed: 'Se sella en su navegador. Solo los responsables de seguridad pueden abrirlo.',
    send: 'Sellar y enviar',
    sealing: 'Sellando…',
    sending: 'Enviando…',
    failures: {
      empty: 'Por favor, diga qué encontró.',
      long: 'Es más de lo que se puede enviar de una vez. Por favor, acórtelo o envíelo en partes.',
      offline: 'No se pudo enviar: no hay conexión. Lo que escribió sigue aquí. Por favor, envíelo otra vez.',
      throttled:
        'Han llegado muchos avisos desde su red. Lo que escribió sigue aquí. Por favor, envíelo otra vez ' +
        'dentro de {minutes} min.',
      full: 'Ahora no se puede recibir. Lo que escribió sigue aquí. Inténtelo otra vez o escríbanos.',
      broken:
        'Algo ha fallado por nuestra parte. Lo que escribió sigue aquí. Por favor, inténtelo otra vez o ' +
        'escríbanos.',
    },
    done: {
      heading: 'Ha llegado. Gracias.',
      keep: 'Este es su recibo. Guárdelo: con él puede preguntar qué ha sido de su aviso.',
      next: 'Leemos los avisos en un plazo de tres días laborables.',
      ask: 'Preguntar qué ha sido de él',
    },
  },
  receipt: {
    title: 'Qué ha sido de un aviso',
    lead: 'Introduzca el número de su recibo.',
    label: 'Número del recibo',
    ask: 'Preguntar',
    unknown: 'No hay ningún aviso con ese número. Por favor, compárelo con su recibo.',
    received: 'Recibido el {date}.',
    waiting: 'Nadie ha confirmado todavía que se haya leído.',
    read: 'Leído y confirmado el {date}.',
  },
};
