import type { TopicSet } from './value-set.ts';

/**
 * Sexual and reproductive health: contraception, pregnancy and its end, fertility, sexually transmitted
 * infections, sexual function, orientation and gender identity. Vaccines that every child is offered (HPV,
 * hepatitis B) are not among them.
 */
export const REPRODUCTIVE_HEALTH: TopicSet = {
  topic: 'sexual-and-reproductive-health',
  loinc: `
    2106-3 2110-5 2118-8 2119-6 19080-1 21198-7 80384-1 80385-8 82810-3 86645-9 76690-7 76691-5 11449-6
    11636-8 11637-6 11638-4 11639-2 11640-0 11612-9 11613-7 11614-5 11778-8 11779-6 8665-2 11884-4
    18185-9 57059-8 52027-0 52029-6 26442-4 11525-3 34777-3 34778-1 57179-4 68564-4 5028-6 5291-0 5292-8
    20507-0 20508-8 22461-8 22462-6 22587-0 22590-4 22592-0 22594-6 24110-9 24111-7 24112-5 31147-2
    5393-4 5394-2 6349-5 6356-0 6357-8 21190-4 21191-2 21613-5 36902-5 36903-3 43304-5 43305-2 50387-0
    53925-4 53926-2 57287-5 57288-3 16601-7 21440-3 30167-1 38372-9 49896-4 59263-4 59264-2 59420-0
    75694-0 77379-6 77399-4 77400-0
  `,
  icd10: `
    O Z3 -Z38 A50 A51 A52 A53 A54 A55 A56 A57 A58 A59 A60 A63 A64 B977 N341 N46 N51 N52 N53 N70 N71 N72
    N73 N74 N940 N941 N96 N97 N98 R37 R86 Z113 Z202 Z640 Z641 Z70 Z725 Z793 Z87890 Z8742 Z8751 Z8759
    Z920 Z975 Z9851 Z9852 F52 F64 F65 F66
  `,
  icd9: `
    054 090 091 092 093 094 095 096 097 098 099 0781 606 607 614 615 616 628 629 63 64 65 66 67 V22 V23
    V24 V25 V26 V27 V28 V723 V724 V745 V016 V027
  `,
  snomed: `
    77386006 72892002 169560008 19169002 17369002 79586000 34801009 35999006 398254007 198992004
    47200007 169762003 386639001 57797005 285409006 11082009 424441002 424619006 183460006 65200003
    169553002 301807007 68254000 22523008 287664005 13197004 15296000 8619003 2904007 397803000 15628003
    240589008 105629000 33839006 266113007 35876006 76272004 8098009 42035005 20430005 76102007 38628009
    407374003 407376001 407377005 93461009 446151000124109 446141000124107 243077000
  `,
  rxnorm: `
    6373 4124 6691 14584 7514 11636 6916 42331 2596 1005921 136411 358263 4083 10379 807283 1605257
    1367439 389221 748962 757594 831533
  `,
  procedures: `
    59 11976 11981 11982 11983 54900 54901 55250 55400 5692 57170 58300 58301 58321 58322 58323 58565
    58600 58605 58611 58615 58661 58670 58671 58970 58974 58976 76801 76802 76805 76810 76811 76812
    76813 76815 76816 76817 76818 76819 81025 84702 84703 86592 86593 86631 86632 86695 86696 86780
    87270 87320 87490 87491 87492 87528 87529 87590 87591 87592 87623 87624 87625 87661 87800 87810
    87850 892 A4261 A4266 A4267 H100 J1050 J7294 J7295 J7296 J7297 J7298 J7300 J7301 J7303 J7304 J7306
    J7307 S0190 S0191 S4981 S4989 S4993
  `,
  drugs: `
    levonorgestrel medroxyprogesterone etonogestrel norethindrone norelgestromin drospirenone
    norgestimate norgestrel desogestrel ethynodiol dienogest ulipristal mifepristone misoprostol
    mifeprex clomiphene clomifene follitropin menotropins ganirelix cetrorelix choriogonadotropin
    ethinyl mestranol estradiol estetrol testosterone sildenafil tadalafil vardenafil avanafil viagra
    cialis levitra alprostadil flibanserin mirena liletta kyleena skyla paragard nexplanon implanon
    nuvaring annovera xulane twirla provera slynd yasmin seasonique opill makena phexxi addyi
    methylergonovine carboprost dinoprostone oxytocin
  `,
  phrases: `
    contracep*
    anticoncep*
    empfangnisverhutung
    birth control
    morning after pill
    family planning
    intrauterine device
    intrauterine system
    intrauterine contracept*
    iucd
    vaginal ring
    28 day pack
    nuvaring
    vasectomy
    vasectomia
    vasektomie
    tubal ligation
    tubal pregnancy
    tubal occlusion
    pregnan*
    embaraz*
    schwanger*
    gravid*
    gestation*
    prenatal
    antenatal
    perinatal
    postnatal
    postpartum
    post partum
    puerper*
    antepartum
    obstetric*
    maternity
    labor and delivery
    childbirth
    cesarean
    caesarean
    parturition
    fetal
    fetus
    foetal
    foetus
    miscarriage*
    aborto
    abortion*
    abtreibung
    fehlgeburt
    stillbirth
    stillborn
    eclampsia
    preeclampsia
    pre eclampsia
    hyperemesis gravidarum
    chorionic gonadotropin
    choriogonadotropin
    hcg
    beta hcg
    infertil*
    fertility
    unfruchtbar*
    in vitro fertili*
    ivf
    artificial insemination
    menopaus*
    perimenopaus*
    amenorrh*
    dysmenorrh*
    menorrhag*
    endometrio*
    polycystic ovar*
    dyspareunia
    vaginismus
    vaginitis
    vaginosis
    pelvic inflammatory
    erectile
    impotence
    libido
    premature ejaculation
    sexual*
    sexuell*
    venereal
    enfermedad de transmision
    geschlechtskrank*
    syphilis
    sifilis
    gonorrh*
    gonorrea
    gonorrhoeae
    chlamydia*
    clamidia
    trichomon*
    chancroid
    treponema*
    vdrl
    rapid plasma reagin
    genital herpes
    herpes genital*
    herpes simplex virus 2
    hsv 2
    genital wart*
    condyloma*
    hpv dna
    hpv test
    hpv high risk
    pap smear
    papanicolaou
    transgender
    transsexual*
    transident*
    gender identity
    gender dysphoria
    gender reassign*
    gender affirm*
    identifies as heterosexual
    identifies as homosexual
    identifies as gay
    lesbian
    sexual orientation
    =iud
    =diu
    =std
    =sti
    =stds
    =stis
    hpv positive
    papillomavirus dna
    female sterili*
    male sterili*
    tubal sterili*
    surgical sterili*
    in active labor
    heterosexual*
    homosexual*
    bisexual*
  `,
};
