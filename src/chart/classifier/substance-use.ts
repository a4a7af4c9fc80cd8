import type { TopicSet } from './value-set.ts';

/**
 * Use of alcohol and drugs: disorder, screening, treatment, toxicology. Tobacco is not among them: every
 * chart states it, and a section that everybody has protects nobody. Opioids given against pain are not
 * either.
 */
export const SUBSTANCE_USE: TopicSet = {
  topic: 'substance-use',
  loinc: `
    11331-6 11343-1 18823-5 34857-3 3349-8 3397-7 3426-4 3879-4 5640-8 5643-2 5645-7 14314-9 14316-4
    19270-8 19295-5 19343-3 19359-9 19415-9 19659-2 20410-7 68518-0 68519-8 68520-6 72109-2 74013-4
    75624-7 75626-2 82667-7
  `,
  icd10: `
    F10 F11 F12 F13 F14 F15 F16 F18 F19 F55 K70 K292 K852 K860 G312 G621 G721 I426 E244 O9931 O9932 P043
    P0441 P0481 P961 R780 R781 R782 R783 R784 R785 T400 T401 T403 T405 T406 T407 T408 T409 T436 T510 X45
    X65 Y90 Y91 Z502 Z503 Z714 Z715 Z721 Z722 Z811 Z813 Z814 Z6372 HZ
  `,
  icd9: `
    291 292 303 304 305 -3051 3575 4255 5353 5710 5711 5712 5713 6483 6555 7607 7903 9650 9701 9801
    E8500 V113 V6542 V791
  `,
  snomed: `
    7200002 15167005 66590003 25702006 228315001 361055000 5602001 75544000 6525002 191816009 26416006
    66214007 78267003 31956009 85005007 37344009 21647008 84758004 231477003 1149222004 55680006
    56876005 60112009 61480009 266707007 428211000124100 763302001 228366006 307052004 105542008
    228273003 413473000 160573003 897148007
  `,
  rxnorm: '1819 7243 6813 3554 82819 7242 352364',
  procedures: `
    80305 80306 80307 80320 80321 80322 99408 99409 G0396 G0397 G0442 G0443 G2067 G2068 G2069 G2078
    G2086 G2087 G2088 G0480 G0481 G0482 G0483 G0659 H000 H001 H0020 J2315 J0571 J0572 J0573 J0574 J0575
    J0592 T1006 T1007 T1012
  `,
  drugs: `
    buprenorphine suboxone subutex sublocade brixadi zubsolv bunavail probuphine naltrexone vivitrol
    revia methadone methadose dolophine disulfiram antabuse acamprosate campral naloxone narcan
    lofexidine lucemyra nalmefene levomethadone
  `,
  phrases: `
    alcoholic
    alcoholics
    alcoholism*
    alcoholismus
    alcoholismo
    alcohol abuse
    alcohol use
    alcohol misuse
    alcohol dependen*
    alcohol addict*
    alcohol consum*
    alcohol intake
    alcohol intox*
    alcohol withdraw*
    alcohol disorder
    alcohol cessation
    alcohol counsel*
    alcohol rehab*
    alcohol related
    alcohol screening
    alcohol drinker
    history of alcohol
    consumption of alcohol
    dependence on alcohol
    drinks alcohol
    drinking alcohol
    blood alcohol
    ethanol level
    ethanol in blood
    ethyl glucuronide
    alkoholabhangig*
    alkoholismus
    alkoholmissbrauch
    alkoholkonsum
    consumo de alcohol
    binge drink*
    heavy drink*
    problem drink*
    delirium tremens
    cage score
    cage questionnaire
    audit c
    alcohol use disorders identification
    drug abuse screening
    drug abuse
    drug addict*
    drug dependen*
    drug misuse
    drug overdose
    drug rehab*
    drug detox*
    drug withdraw*
    drug screen
    drug screening
    drug use
    drug user
    drug of abuse
    drugs of abuse
    drug habit
    illicit drug*
    illegal drug*
    recreational drug*
    street drug*
    drogensucht
    drogenabhangig*
    drogenkonsum
    drogadiccion
    abuso de drogas
    consumo de drogas
    abuso de sustancias
    addiction
    addicted
    substance abuse*
    substance use
    substance misuse
    substance dependen*
    substance disorder
    suchterkrankung
    opioid abuse*
    opioid use
    opioid depend*
    opioid addict*
    opioid misuse
    opioid overdose
    opioid withdraw*
    opiate abuse
    opiate depend*
    opiate addict*
    opiate overdose
    opiate use
    dependent drug
    overdose
    overdosed
    detoxification
    detox
    sobriety
    relapse prevention
    inject* drug*
    inject* drugs
    intravenous drug
    iv drug
    needle exchange
    cocaine
    crack cocaine
    cocaina
    kokain
    heroin
    heroina
    fentanyl abuse
    amphetamine abuse
    amphetamine depend*
    methamphetamine*
    meth use
    cannabis
    marijuana
    marihuana
    tetrahydrocannabinol
    hallucinogen*
    mdma
    ecstasy
    ketamine abuse
    ketamine use
    phencyclidine
    inhalant abuse
    benzoylecgonine
    sedative abuse
    sedative depend*
    neonatal abstinence
    toxicology screen*
    =dast
    =lsd
    alcoholics anonymous
  `,
};
