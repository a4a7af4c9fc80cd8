import type { TopicSet } from './value-set.ts';

/** HIV: infection, exposure, tests whatever their result, treatment and prophylaxis. */
export const HIV: TopicSet = {
  topic: 'hiv',
  loinc: `
    5017-9 5018-7 5220-9 5221-7 5222-5 5223-3 5224-1 5225-8 7917-8 7918-6 7919-4 9836-8 10351-5 14092-1
    20447-9 21007-0 21008-8 22356-0 22357-8 23876-6 24012-7 24467-3 25835-0 25836-8 25842-6 29327-4
    29539-4 29541-0 29893-5 30245-5 30361-0 31201-7 33866-5 35437-3 35438-1 38998-1 42339-2 42600-7
    42627-0 42768-2 42917-5 43185-8 47245-6 49580-4 49890-7 51786-2 53379-4 53825-6 54086-4 56888-1
    57975-5 58900-2 59419-2 62469-2 68961-2 69668-2 70241-5 73905-2 73906-0 74264-3 75622-1 75666-8
    77685-6 80203-3 80387-4 81641-3 83101-6 85037-0 86233-4 89365-1 89374-3
  `,
  icd10: 'B20 B21 B22 B23 B24 B9735 O987 R75 Z114 Z206 Z21 Z717 Z830',
  icd9: '042 043 044 07953 79571 V08 V0179 V6544',
  snomed: `
    86406008 62479008 165816005 165815009 278977008 31676001 315124004 171121004 91947003 91948008
    402915006 313077009 19030005
  `,
  rxnorm: `
    190521 68244 11413 276237 195085 53654 719872 1433868 1102270 343047 460132 85762 195088
  `,
  procedures: `
    86689 86701 86702 86703 87389 87390 87391 87534 87535 87536 87537 87538 87539 87806 87900 87901
    87903 87906 G0432 G0433 G0435 G0475 J0739 J0741
  `,
  drugs: `
    abacavir lamivudine zidovudine azidothymidine tenofovir emtricitabine efavirenz nevirapine rilpivirine
    etravirine doravirine delavirdine raltegravir dolutegravir bictegravir elvitegravir cabotegravir
    atazanavir darunavir ritonavir lopinavir nelfinavir saquinavir indinavir fosamprenavir amprenavir
    tipranavir didanosine stavudine zalcitabine maraviroc enfuvirtide ibalizumab fostemsavir lenacapavir
    islatravir cobicistat biktarvy genvoya stribild triumeq tivicay dovato juluca odefsey complera atripla
    truvada descovy symtuza prezista prezcobix reyataz evotaz isentress kaletra epzicom trizivir combivir
    viread emtriva sustiva viramune edurant intelence pifeltro delstrigo cabenuva apretude vocabria selzentry
    fuzeon rukobia trogarzo sunlenca yeztugo cimduo symfi temixys norvir viracept invirase lexiva crixivan
  `,
  phrases: `
    hiv
    hiv1
    hiv2
    vih
    human immunodeficiency virus
    human immunodeficiency
    immunodeficiency virus
    acquired immune deficiency
    acquired immunodeficiency
    inmunodeficiencia humana
    inmunodeficiencia adquirida
    immunschwache
    antiretroviral*
    anti retroviral*
    antirretroviral*
    retrovirale therapie
    cd4
    t helper cells
    pre exposure prophylaxis
    preexposure prophylaxis
    post exposure prophylaxis
    pneumocystis
    pcp prophylaxis
    kaposi
    kaposis
    p24 antigen
    viral load
    =aids
    =sida
  `,
};
