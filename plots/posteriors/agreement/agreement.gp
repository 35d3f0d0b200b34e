# gnuplot agreement.gp                          draws agreement.svg
# gnuplot -e "format='pdf'" agreement.gp        draws agreement.pdf
# gnuplot -e "format='png'" agreement.gp        draws agreement.png
reset
set encoding utf8
if (!exists("format")) format = 'svg'
if (!exists("output")) output = 'agreement.' . format
heat = 'image'
tile = 'rgbimage'
cap = 'heads nofilled size screen 0.0032,90'
if (format eq 'svg') {
  # Cells as shapes: browsers smooth the pixels of images.
  heat = 'image pixels'
  tile = 'rgbimage pixels'
  set terminal svg enhanced size 827,440 font "sans-serif,9" \
    fontscale 1.3333 background "#FFFFFF"
} else { if (format eq 'pdf') {
  set terminal pdfcairo enhanced size 8.6111in,4.5833in font "Sans,9" \
    fontscale 0.75 linewidth 1.5 pointscale 0.75 background "#FFFFFF"
} else { if (format eq 'png') {
  set terminal pngcairo enhanced size 1860,990 font "Sans,9" \
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

set multiplot

# Panel 1
unset label; unset arrow; unset object; unset title; unset colorbox
unset xlabel; unset ylabel; unset logscale
set lmargin at screen 0.1326; set rmargin at screen 0.4774
set bmargin at screen 0.1503; set tmargin at screen 0.9273
set xlabel 'rank correlation with the reference' offset 0,0.3 textcolor rgb "#222222"
set format x '%h'
set xtics norotate scale 0.6,0.3 (0, 0.2, 0.4, 0.6)
unset mxtics
set grid xtics
set format y '%h'
set ytics norotate scale 0 ('point' 1, 'diagonal' 2, 'diagonal-mode' 3, 'kronecker' 4, 'kronecker-mode' 5, 'full' 6, 'full-mode' 7, 'swag' 8, 'ensemble' 9, 'retrained' 10, 'loss' 11, 'random' 12)
unset mytics
set grid noytics
set arrow 1 from first 0,graph 0 to first 0,graph 1 nohead back linewidth 1 dashtype (5,4) linecolor rgb "#666666"
plot [-0.12:0.64] [12.6:0.4] \
  'agreement.1.csv' skip 1 using (finite($3)):($1+-0.175):((finite($4))-(finite($3))):(0) with vectors @cap linestyle 1 dashtype solid linewidth 1 notitle, \
  'agreement.1.csv' skip 1 using (finite($2)):($1+-0.175) with points linestyle 1 pointsize 0.7 notitle, \
  'agreement.1.csv' skip 1 using (finite($6)):($1+0.175):((finite($7))-(finite($6))):(0) with vectors @cap linestyle 2 dashtype solid linewidth 1 notitle, \
  'agreement.1.csv' skip 1 using (finite($5)):($1+0.175) with points linestyle 2 pointsize 0.7 notitle

# Panel 2
unset label; unset arrow; unset object; unset title; unset colorbox
unset xlabel; unset ylabel; unset logscale
set lmargin at screen 0.6229; set rmargin at screen 0.9677
set bmargin at screen 0.1503; set tmargin at screen 0.9273
set xlabel 'flipped among the highest, %' offset 0,0.3 textcolor rgb "#222222"
set format x '%h'
set xtics norotate scale 0.6,0.3 (0, 20, 40, 60, 80, 100)
unset mxtics
set grid xtics
set format y '%h'
set ytics norotate scale 0 ('reference' 1, 'point' 2, 'diagonal' 3, 'diagonal-mode' 4, 'kronecker' 5, 'kronecker-mode' 6, 'full' 7, 'full-mode' 8, 'swag' 9, 'ensemble' 10, 'retrained' 11, 'loss' 12, 'random' 13)
unset mytics
set grid noytics
set arrow 1 from first 10,graph 0 to first 10,graph 1 nohead back linewidth 1 dashtype (5,4) linecolor rgb "#666666"
plot [0:104] [13.6:0.4] \
  'agreement.2.csv' skip 1 using (finite($3)):($1+0):((finite($4))-(finite($3))):(0) with vectors @cap linestyle 3 dashtype solid linewidth 1 notitle, \
  'agreement.2.csv' skip 1 using (finite($2)):($1+0) with points linestyle 3 pointsize 0.7 notitle

# Title and legend
unset label; unset arrow; unset object; unset title; unset colorbox
unset xlabel; unset ylabel; unset logscale
set label '{/:Bold r̂ under approximate posteriors against networks trained anew}' at screen 0.5,0.9636 center font ",10" textcolor rgb "#222222"
set key at screen 0.5,0.0533 center top horizontal maxcols 3 Left reverse samplen 2.6 spacing 1.15 font ",8" textcolor rgb "#222222"
set lmargin at screen 0; set rmargin at screen 1
set bmargin at screen 0; set tmargin at screen 1
unset border; unset tics; unset grid
plot [0:1] [0:1] \
  NaN notitle, \
  keyentry with points linestyle 1 title 'single samples', \
  keyentry with points linestyle 2 title 'mixed samples', \
  keyentry with points linestyle 3 title 'precision'

unset multiplot
unset output
