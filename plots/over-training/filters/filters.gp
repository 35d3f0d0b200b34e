# gnuplot filters.gp                          draws filters.svg
# gnuplot -e "format='pdf'" filters.gp        draws filters.pdf
# gnuplot -e "format='png'" filters.gp        draws filters.png
reset
set encoding utf8
if (!exists("format")) format = 'svg'
if (!exists("output")) output = 'filters.' . format
heat = 'image'
tile = 'rgbimage'
cap = 'heads nofilled size screen 0.004,90'
if (format eq 'svg') {
  # Cells as shapes: browsers smooth the pixels of images.
  heat = 'image pixels'
  tile = 'rgbimage pixels'
  set terminal svg enhanced size 672,520 font "sans-serif,9" \
    fontscale 1.3333 background "#FFFFFF"
} else { if (format eq 'pdf') {
  set terminal pdfcairo enhanced size 7in,5.4167in font "Sans,9" \
    fontscale 0.75 linewidth 1.5 pointscale 0.75 background "#FFFFFF"
} else { if (format eq 'png') {
  set terminal pngcairo enhanced size 1512,1170 font "Sans,9" \
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

set multiplot

# Panel 1
unset label; unset arrow; unset object; unset title; unset colorbox
unset xlabel; unset ylabel; unset logscale
set lmargin at screen 0.0869; set rmargin at screen 0.3095
set bmargin at screen 0.5732; set tmargin at screen 0.8962
set title 'generated, clean teacher' offset 0,-0.4 font ",9" textcolor rgb "#222222"
set xlabel 'relative risk at t = ∞' offset 0,0.3 textcolor rgb "#222222"
set format x '%h'
set xtics norotate scale 0.6,0.3 (0.2, 0.4, 0.6, 0.8)
unset mxtics
set grid xtics
set format y '%h'
set ytics norotate scale 0 ('low' 1, 'random' 2, 'all' 3, 'high' 4)
unset mytics
set grid noytics
plot [0.12:0.84] [4.6:0.4] \
  'filters.1.csv' skip 1 using (finite($3)):($1+0):((finite($4))-(finite($3))):(0) with vectors @cap linestyle 1 dashtype solid linewidth 1 notitle, \
  'filters.1.csv' skip 1 using (finite($2)):($1+0) with points linestyle 1 pointsize 0.7 notitle

# Panel 2
unset label; unset arrow; unset object; unset title; unset colorbox
unset xlabel; unset ylabel; unset logscale
set lmargin at screen 0.4123; set rmargin at screen 0.6349
set bmargin at screen 0.5732; set tmargin at screen 0.8962
set title 'generated, failures teacher' offset 0,-0.4 font ",9" textcolor rgb "#222222"
set xlabel 'relative risk at t = ∞' offset 0,0.3 textcolor rgb "#222222"
set format x '%h'
set xtics norotate scale 0.6,0.3 (0.2, 0.4, 0.6)
unset mxtics
set grid xtics
set format y '%h'
set ytics norotate scale 0 ('low' 1, 'random' 2, 'all' 3, 'high' 4)
unset mytics
set grid noytics
plot [0.16:0.68] [4.6:0.4] \
  'filters.2.csv' skip 1 using (finite($3)):($1+0):((finite($4))-(finite($3))):(0) with vectors @cap linestyle 1 dashtype solid linewidth 1 notitle, \
  'filters.2.csv' skip 1 using (finite($2)):($1+0) with points linestyle 1 pointsize 0.7 notitle

# Panel 3
unset label; unset arrow; unset object; unset title; unset colorbox
unset xlabel; unset ylabel; unset logscale
set lmargin at screen 0.7377; set rmargin at screen 0.9603
set bmargin at screen 0.5732; set tmargin at screen 0.8962
set title 'generated, held-out teacher' offset 0,-0.4 font ",9" textcolor rgb "#222222"
set xlabel 'relative risk at t = ∞' offset 0,0.3 textcolor rgb "#222222"
set format x '%h'
set xtics norotate scale 0.6,0.3 (0.5, 1, 1.5)
unset mxtics
set grid xtics
set format y '%h'
set ytics norotate scale 0 ('low' 1, 'random' 2, 'all' 3, 'high' 4)
unset mytics
set grid noytics
plot [0.2:1.8] [4.6:0.4] \
  'filters.3.csv' skip 1 using (finite($3)):($1+0):((finite($4))-(finite($3))):(0) with vectors @cap linestyle 1 dashtype solid linewidth 1 notitle, \
  'filters.3.csv' skip 1 using (finite($2)):($1+0) with points linestyle 1 pointsize 0.7 notitle

# Panel 4
unset label; unset arrow; unset object; unset title; unset colorbox
unset xlabel; unset ylabel; unset logscale
set lmargin at screen 0.0869; set rmargin at screen 0.3095
set bmargin at screen 0.1183; set tmargin at screen 0.4412
set title 'digits, clean teacher' offset 0,-0.4 font ",9" textcolor rgb "#222222"
set xlabel 'relative risk at t = ∞' offset 0,0.3 textcolor rgb "#222222"
set format x '%h'
set xtics norotate scale 0.6,0.3 (0.3, 0.4)
unset mxtics
set grid xtics
set format y '%h'
set ytics norotate scale 0 ('low' 1, 'random' 2, 'all' 3, 'high' 4)
unset mytics
set grid noytics
set label '0.577 →' at graph 0.985,first 2 right front font ",7.5" textcolor rgb "#222222"
plot [0.2061209190820579:0.4712383797173005] [4.6:0.4] \
  'filters.4.csv' skip 1 using ($2>=0.2061209190820579&&$2<=0.4712383797173005?$3:NaN):($1+0):((finite($4))-(finite($3))):(0) with vectors @cap linestyle 1 dashtype solid linewidth 1 notitle, \
  'filters.4.csv' skip 1 using (finite($2)):($1+0) with points linestyle 1 pointsize 0.7 notitle

# Panel 5
unset label; unset arrow; unset object; unset title; unset colorbox
unset xlabel; unset ylabel; unset logscale
set lmargin at screen 0.4123; set rmargin at screen 0.6349
set bmargin at screen 0.1183; set tmargin at screen 0.4412
set title 'digits, failures teacher' offset 0,-0.4 font ",9" textcolor rgb "#222222"
set xlabel 'relative risk at t = ∞' offset 0,0.3 textcolor rgb "#222222"
set format x '%h'
set xtics norotate scale 0.6,0.3 (0.2, 0.3, 0.4)
unset mxtics
set grid xtics
set format y '%h'
set ytics norotate scale 0 ('low' 1, 'random' 2, 'all' 3, 'high' 4)
unset mytics
set grid noytics
plot [0.2:0.46] [4.6:0.4] \
  'filters.5.csv' skip 1 using (finite($3)):($1+0):((finite($4))-(finite($3))):(0) with vectors @cap linestyle 1 dashtype solid linewidth 1 notitle, \
  'filters.5.csv' skip 1 using (finite($2)):($1+0) with points linestyle 1 pointsize 0.7 notitle

# Panel 6
unset label; unset arrow; unset object; unset title; unset colorbox
unset xlabel; unset ylabel; unset logscale
set lmargin at screen 0.7377; set rmargin at screen 0.9603
set bmargin at screen 0.1183; set tmargin at screen 0.4412
set title 'digits, held-out teacher' offset 0,-0.4 font ",9" textcolor rgb "#222222"
set xlabel 'relative risk at t = ∞' offset 0,0.3 textcolor rgb "#222222"
set format x '%h'
set xtics norotate scale 0.6,0.3 (0.22, 0.24, 0.26)
unset mxtics
set grid xtics
set format y '%h'
set ytics norotate scale 0 ('low' 1, 'random' 2, 'all' 3, 'high' 4)
unset mytics
set grid noytics
set label 'no value' at graph 0.015,first 1 left front font ",7.5" textcolor rgb "#222222"
set label 'no value' at graph 0.015,first 2 left front font ",7.5" textcolor rgb "#222222"
plot [0.216:0.272] [4.6:0.4] \
  'filters.6.csv' skip 1 using (finite($3)):($1+0):((finite($4))-(finite($3))):(0) with vectors @cap linestyle 1 dashtype solid linewidth 1 notitle, \
  'filters.6.csv' skip 1 using (finite($2)):($1+0) with points linestyle 1 pointsize 0.7 notitle

# Title and legend
unset label; unset arrow; unset object; unset title; unset colorbox
unset xlabel; unset ylabel; unset logscale
set label '{/:Bold What a filter makes of the limit}' at screen 0.5,0.9692 center font ",10" textcolor rgb "#222222"
set label 'no value: kept nothing for some seed; number with arrow: outside the axes' at screen 0.5,0.0232 center font ",7.5" textcolor rgb "#222222"
set lmargin at screen 0; set rmargin at screen 1
set bmargin at screen 0; set tmargin at screen 1
unset border; unset tics; unset grid
plot [0:1] [0:1] \
  NaN notitle

unset multiplot
unset output
