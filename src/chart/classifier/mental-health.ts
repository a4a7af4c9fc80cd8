import type { TopicSet } from './value-set.ts';

/**
 * Mental health: disorders (the whole chapter F of ICD-10 but for tobacco), screening instruments, treatment,
 * psychotropic drugs. Midazolam and triazolam are left out: dentists sedate with them.
 */
export const MENTAL_HEALTH: TopicSet = {
  topic: 'mental-health',
  loinc: `
    44249-1 44250-9 44251-7 44252-5 44253-3 44254-1 44255-8 44256-6 44257-4 44258-2 44259-0 44260-8
    44261-6 55757-9 55758-7 54635-8 54636-6 54637-4 54650-7 54654-9 69722-7 69723-5 69724-3 69725-0
    69737-5 68509-9 70274-6 71354-5 89204-2 89205-9 93245-9 93246-7 93247-5 73831-0 73832-8 72106-8
    72172-0 11497-5 11510-5 11518-8 11527-9 18594-2 18738-5 28627-8 28628-6 28635-1 34102-4 34785-6
    34786-4 34787-2 34788-0 34790-6 34791-4 34792-2 34793-0 34864-9 34865-6 34866-4 34904-3 57143-0
    57157-0 57158-8 59259-2 68599-0 68601-4 68641-0 68642-8 68644-4 68645-1 68646-9 68647-7 68648-5
    74187-6 74192-6 3719-2 14334-7
  `,
  icd10: `
    F -F17 R44 R45 X60 X61 X62 X63 X64 X66 X67 X68 X69 X70 X71 X72 X73 X74 X75 X76 X77 X78 X79 X80 X81
    X82 X83 X84 T1491 Z046 Z133 Z504 Z818 Z865 Z8659 Z915 O906 O993 GZ
  `,
  icd9: `
    290 293 294 295 296 297 298 299 300 301 302 306 307 308 309 310 311 312 313 314 315 316 317 318 319
    E95 V110 V111 V112 V118 V119 V154 V402 V403 V4989 V6284 V701 V702 V790
  `,
  snomed: `
    35489007 370143000 36923009 310495003 310496002 310497006 79298009 191627008 78667006 48694002
    21897009 197480006 371631005 70997004 25501002 47505003 13746004 58214004 69322001 191736004 1376001
    20010003 26665006 406506008 192127007 408856003 35919005 72366004 78004001 6471006 82313006
    225444004 267073005 52448006 26929004 110359009 73595000 171207006 428181000124104 454711000124102
    715252007 720433000 228557008 304891004 75516001 444175001 386522008
  `,
  rxnorm: `
    4493 36437 32937 2556 321988 39786 72625 42347 15996 10737 6448 51272 61381 35636 89013 5093 2626
    115698 1040028 596 6470 2598 3322 1827 6901 725 3288 700810 38400 704 7531 135447 183379
  `,
  procedures: `
    9078 9079 9083 9084 9085 9086 9087 9088 96105 96110 96112 96116 96121 96125 96127 9613 96146 96156
    96158 96159 97153 97154 97155 97156 99483 99484 99492 99493 99494 G0444 G0502 G8431 G8510 H002 H003
    H004 H20 S9480 S9484 S9485
  `,
  drugs: `
    fluoxetine prozac sertraline zoloft paroxetine paxil citalopram celexa escitalopram lexapro
    fluvoxamine venlafaxine effexor desvenlafaxine pristiq duloxetine cymbalta bupropion wellbutrin
    mirtazapine remeron trazodone vilazodone vortioxetine trintellix nefazodone amitriptyline
    nortriptyline imipramine desipramine doxepin clomipramine phenelzine tranylcypromine selegiline
    isocarboxazid lithium lithobid quetiapine seroquel olanzapine zyprexa risperidone risperdal
    paliperidone invega aripiprazole abilify brexpiprazole rexulti cariprazine vraylar lurasidone latuda
    ziprasidone geodon asenapine iloperidone clozapine clozaril haloperidol haldol fluphenazine
    perphenazine chlorpromazine thioridazine thiothixene trifluoperazine loxapine pimavanserin
    alprazolam xanax lorazepam ativan clonazepam klonopin diazepam valium chlordiazepoxide oxazepam
    clorazepate buspirone buspar zolpidem ambien eszopiclone zaleplon suvorexant methylphenidate ritalin
    concerta dexmethylphenidate amphetamine adderall dextroamphetamine lisdexamfetamine vyvanse
    atomoxetine strattera viloxazine donepezil aricept memantine namenda galantamine rivastigmine
    esketamine spravato brexanolone zuranolone valbenazine deutetrabenazine
  `,
  phrases: `
    mental health
    mental disorder*
    mental illness*
    mentally ill
    behavioral health
    behavioural health
    salud mental
    psychische
    psychisch*
    seelische gesundheit
    psychiatr*
    psiquiatr*
    psycholog*
    psicolog*
    psychother*
    psicoter*
    psicosis
    schizo*
    esquizofrenia
    bipolar
    mania
    manic
    hypomani*
    depression
    depressiv*
    depressed mood
    feeling down
    feeling depressed
    dysthymi*
    melancholia
    depresion
    anxiety
    ansiedad
    angststorung
    panic attack*
    panic disorder
    agoraphobi*
    phobia
    obsessive compulsive
    posttraumatic
    post traumatic stress
    ptsd
    acute stress disorder
    adjustment disorder
    severe anxiety
    stress disorder
    suicid*
    self harm*
    self injur*
    selbstmord*
    selbstverletz*
    parasuicid*
    anorexia nervosa
    bulimi*
    eating disorder*
    binge eating
    attention deficit
    adhd
    autis*
    asperger*
    intellectual disabilit*
    developmental delay
    conduct disorder
    oppositional defiant
    tourette*
    personality disorder
    borderline personality
    dementia
    demenz
    demencia
    alzheimer*
    mini mental
    cognitive behavio*
    dialectical behavio*
    behavioral therapy
    behaviour therapy
    counseling session
    group counseling
    individual counseling
    electroconvulsive
    hallucinat*
    delusion*
    paranoi*
    insomnia disorder
    phq
    patient health questionnaire
    gad 7
    gad7
    generalized anxiety
    edinburgh postnatal
    columbia suicide
    antidepress*
    antipsychot*
    anxiolytic*
    neuroleptic*
    psychotic
    psychosis
    psychoses
    psychose
    phq2
    phq9
  `,
};
