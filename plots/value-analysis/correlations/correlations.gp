# gnuplot correlations.gp                          draws correlations.svg
# gnuplot -e "format='pdf'" correlations.gp        draws correlations.pdf
# gnuplot -e "format='png'" correlations.gp        draws correlations.png
reset
set encoding utf8
if (!exists("format")) format = 'svg'
if (!exists("output")) output = 'correlations.' . format
heat = 'image'
tile = 'rgbimage'
cap = 'heads nofilled size screen 0.0032,90'
if (format eq 'svg') {
  # Cells as shapes: browsers smooth the pixels of images.
  heat = 'image pixels'
  tile = 'rgbimage pixels'
  set terminal svg enhanced size 827,373 font "sans-serif,9" \
    fontscale 1.3333 background "#FFFFFF"
} else { if (format eq 'pdf') {
  set terminal pdfcairo enhanced size 8.6111in,3.8889in font "Sans,9" \
    fontscale 0.75 linewidth 1.5 pointscale 0.75 background "#FFFFFF"
} else { if (format eq 'png') {
  set terminal pngcairo enhanced size 1860,840 font "Sans,9" \
    fontscale 2.25 linewidth 2.25 pointscale 1 background "#FFFFFF"
} else {
  exit error 'format is svg, pdf or png'
} } }
set output output

# Gaps: values that are not finite, or have no place on a log axis.
finite(v) = abs(v) < 1e300 ? v : NaN
positive(v) = v >= 1e-300 && v < 1e300 ? v : NaN
set datafile separator comma
set datafile commentschars ""
set decimalsign '.'
set minussign
unset key
set border 3 linecolor rgb "#444444" linewidth 0.8
set tics out nomirror scale 0.6,0.3 textcolor rgb "#222222"
set tics font ",8"
set grid xtics ytics back linetype 1 linewidth 0.6 \
  linecolor rgb "#E4E4E4"
set style line 1 linecolor rgb "#0072B2" linewidth 1.7 dashtype solid pointtype 7 pointsize 0.55
set style line 2 linecolor rgb "#D55E00" linewidth 1.7 dashtype (9,3) pointtype 5 pointsize 0.55
set style line 3 linecolor rgb "#009E73" linewidth 1.7 dashtype (2.5,2.5) pointtype 9 pointsize 0.55
set style line 4 linecolor rgb "#CC79A7" linewidth 1.7 dashtype (9,3,2,3) pointtype 13 pointsize 0.55

set multiplot

# Panel 1
unset label; unset arrow; unset object; unset title; unset colorbox
unset xlabel; unset ylabel; unset logscale
set lmargin at screen 0.1558; set rmargin at screen 0.4774
set bmargin at screen 0.2204; set tmargin at screen 0.8554
set title 'Spearman' offset 0,-0.4 font ",9" textcolor rgb "#222222"
set xlabel 'correlation with EL2N' offset 0,0.3 textcolor rgb "#222222"
set format x '%h'
set xtics norotate scale 0.6,0.3 (-0.4, -0.2, 0, 0.2, 0.4)
unset mxtics
set grid xtics
set format y '%h'
set ytics norotate scale 0 ('the higher source' 1, 'the lower source' 2, 'the mixed sample' 3)
unset mytics
set grid noytics
set arrow 1 from first -0.1,graph 0 to first -0.1,graph 1 nohead back linewidth 1 dashtype (5,4) linecolor rgb "#666666"
set arrow 2 from first 0,graph 0 to first 0,graph 1 nohead back linewidth 1 dashtype (5,4) linecolor rgb "#666666"
set arrow 3 from first 0.1,graph 0 to first 0.1,graph 1 nohead back linewidth 1 dashtype (5,4) linecolor rgb "#666666"
plot [-0.44:0.56] [3.6:0.4] \
  'correlations.1.csv' skip 1 using (finite($3)):($1+-0.2625):((finite($4))-(finite($3))):(0) with vectors @cap linestyle 1 dashtype solid linewidth 1 notitle, \
  'correlations.1.csv' skip 1 using (finite($2)):($1+-0.2625) with points linestyle 1 pointsize 0.7 notitle, \
  'correlations.1.csv' skip 1 using (finite($6)):($1+-0.0875):((finite($7))-(finite($6))):(0) with vectors @cap linestyle 2 dashtype solid linewidth 1 notitle, \
  'correlations.1.csv' skip 1 using (finite($5)):($1+-0.0875) with points linestyle 2 pointsize 0.7 notitle, \
  'correlations.1.csv' skip 1 using (finite($9)):($1+0.0875):((finite($10))-(finite($9))):(0) with vectors @cap linestyle 3 dashtype solid linewidth 1 notitle, \
  'correlations.1.csv' skip 1 using (finite($8)):($1+0.0875) with points linestyle 3 pointsize 0.7 notitle, \
  'correlations.1.csv' skip 1 using (finite($12)):($1+0.2625):((finite($13))-(finite($12))):(0) with vectors @cap linestyle 4 dashtype solid linewidth 1 notitle, \
  'correlations.1.csv' skip 1 using (finite($11)):($1+0.2625) with points linestyle 4 pointsize 0.7 notitle

# Panel 2
unset label; unset arrow; unset object; unset title; unset colorbox
unset xlabel; unset ylabel; unset logscale
set lmargin at screen 0.6461; set rmargin at screen 0.9677
set bmargin at screen 0.2204; set tmargin at screen 0.8554
set title 'given min(λ, 1 − λ)' offset 0,-0.4 font ",9" textcolor rgb "#222222"
set xlabel 'correlation with EL2N' offset 0,0.3 textcolor rgb "#222222"
set format x '%h'
set xtics norotate scale 0.6,0.3 (-0.2, -0.1, 0, 0.1, 0.2, 0.3, 0.4)
unset mxtics
set grid xtics
set format y '%h'
set ytics norotate scale 0 ('the higher source' 1, 'the lower source' 2, 'the mixed sample' 3)
unset mytics
set grid noytics
set arrow 1 from first -0.1,graph 0 to first -0.1,graph 1 nohead back linewidth 1 dashtype (5,4) linecolor rgb "#666666"
set arrow 2 from first 0,graph 0 to first 0,graph 1 nohead back linewidth 1 dashtype (5,4) linecolor rgb "#666666"
set arrow 3 from first 0.1,graph 0 to first 0.1,graph 1 nohead back linewidth 1 dashtype (5,4) linecolor rgb "#666666"
plot [-0.28:0.4] [3.6:0.4] \
  'correlations.2.csv' skip 1 using (finite($3)):($1+-0.2625):((finite($4))-(finite($3))):(0) with vectors @cap linestyle 1 dashtype solid linewidth 1 notitle, \
  'correlations.2.csv' skip 1 using (finite($2)):($1+-0.2625) with points linestyle 1 pointsize 0.7 notitle, \
  'correlations.2.csv' skip 1 using (finite($6)):($1+-0.0875):((finite($7))-(finite($6))):(0) with vectors @cap linestyle 2 dashtype solid linewidth 1 notitle, \
  'correlations.2.csv' skip 1 using (finite($5)):($1+-0.0875) with points linestyle 2 pointsize 0.7 notitle, \
  'correlations.2.csv' skip 1 using (finite($9)):($1+0.0875):((finite($10))-(finite($9))):(0) with vectors @cap linestyle 3 dashtype solid linewidth 1 notitle, \
  'correlations.2.csv' skip 1 using (finite($8)):($1+0.0875) with points linestyle 3 pointsize 0.7 notitle, \
  'correlations.2.csv' skip 1 using (finite($12)):($1+0.2625):((finite($13))-(finite($12))):(0) with vectors @cap linestyle 4 dashtype solid linewidth 1 notitle, \
  'correlations.2.csv' skip 1 using (finite($11)):($1+0.2625) with points linestyle 4 pointsize 0.7 notitle

# Title and legend
unset label; unset arrow; unset object; unset title; unset colorbox
unset xlabel; unset ylabel; unset logscale
set label '{/:Bold r̂ and EL2N}' at screen 0.5,0.9571 center font ",10" textcolor rgb "#222222"
set label '* has seen test labels through its teacher: an upper bound, not a result' at screen 0.5,0.0324 center font ",7.5" textcolor rgb "#222222"
set key at screen 0.5,0.1062 center top horizontal maxcols 4 Left reverse samplen 2.6 spacing 1.15 font ",8" textcolor rgb "#222222"
set lmargin at screen 0; set rmargin at screen 1
set bmargin at screen 0; set tmargin at screen 1
unset border; unset tics; unset grid
plot [0:1] [0:1] \
  NaN notitle, \
  keyentry with points linestyle 1 title 'r̂, teacher train', \
  keyentry with points linestyle 2 title '|r̂|, teacher train', \
  keyentry with points linestyle 3 title 'r̂, teacher whole *', \
  keyentry with points linestyle 4 title '|r̂|, teacher whole *'

unset multiplot
unset output
