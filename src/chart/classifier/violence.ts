import type { TopicSet } from './value-set.ts';

/** Sexual assault, abuse and violence at home: whoever did it may be the one who looks over the shoulder. */
export const VIOLENCE: TopicSet = {
  topic: 'violence',
  loinc: '76499-3 76500-8 76501-6 76504-0 95615-1 95616-9 95617-7 95618-5 69858-9 69861-3',
  icd10: `
    T74 T76 Z044 Z047 Z048 Z69 Z6281 Z9141 Z9142 Y04 Y05 Y06 Y07 Y08 Y09 O9A3 O9A4 O9A5
  `,
  icd9: '9955 9958 E960 E967 E968 V1541 V1542 V6121 V6110 V6111 V6112 V6283',
  snomed: '706893006 397940009',
  rxnorm: '',
  procedures: '99170 S0630',
  drugs: '',
  phrases: `
    domestic violence
    domestic abuse
    intimate partner
    partner abuse
    partner violence
    spous* abuse
    spouse abuse
    spousal abuse
    battered
    physical abuse
    emotional abuse
    psychological abuse
    child abuse
    child neglect
    elder abuse
    maltreat*
    misshandlung
    hausliche gewalt
    violencia domestica
    violencia de genero
    victim of abuse
    victim of violence
    victim of assault
    history of abuse
    abusive relationship
    abusive partner
    rape
    raped
    rape kit
    violacion
    vergewaltig*
    incest
    molest*
    human trafficking
    trafficking victim
    stalking
    restraining order
    hits hurt scream
    hits scream
    humiliation afraid rape
    genital mutilation
    unsafe at home
    afraid of partner
    feel safe at home
    afraid of your partner
    =hark
  `,
};
