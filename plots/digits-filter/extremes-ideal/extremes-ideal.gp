# gnuplot extremes-ideal.gp                          draws extremes-ideal.svg
# gnuplot -e "format='pdf'" extremes-ideal.gp        draws extremes-ideal.pdf
# gnuplot -e "format='png'" extremes-ideal.gp        draws extremes-ideal.png
reset
set encoding utf8
if (!exists("format")) format = 'svg'
if (!exists("output")) output = 'extremes-ideal.' . format
heat = 'image'
tile = 'rgbimage'
cap = 'heads nofilled size screen 0.0031,90'
if (format eq 'svg') {
  # Cells as shapes: browsers smooth the pixels of images.
  heat = 'image pixels'
  tile = 'rgbimage pixels'
  set terminal svg enhanced size 864,331 font "sans-serif,9" \
    fontscale 1.3333 background "#FFFFFF"
} else { if (format eq 'pdf') {
  set terminal pdfcairo enhanced size 9in,3.4444in font "Sans,9" \
    fontscale 0.75 linewidth 1.5 pointscale 0.75 background "#FFFFFF"
} else { if (format eq 'png') {
  set terminal pngcairo enhanced size 1944,744 font "Sans,9" \
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

set multiplot

# Panel 1
unset label; unset arrow; unset object; unset title; unset colorbox
unset xlabel; unset ylabel; unset logscale
set lmargin at screen 0.0154; set rmargin at screen 0.9784
set bmargin at screen 0.065; set tmargin at screen 0.9032
unset border; unset tics; unset grid
set label 'lowest r̂: included' at first 2,7 left font ",8.0" textcolor rgb "#222222"
set object 1 rectangle from 3.7937,13 to 58.6063,67.8125 front fillstyle empty border linecolor rgb "#A0A0A0" linewidth 0.5
set label '0.28 × 9' at first 31.2,75.4375 center font ",7.5" textcolor rgb "#222222"
set label '0.72 × 4' at first 31.2,84.8125 center font ",7.5" textcolor rgb "#222222"
set label 'r̂ = −0.64' at first 31.2,94.1875 center font ",7.5" textcolor rgb "#222222"
set object 2 rectangle from 66.1938,13 to 121.0063,67.8125 front fillstyle empty border linecolor rgb "#A0A0A0" linewidth 0.5
set label '0.49 × 1' at first 93.6,75.4375 center font ",7.5" textcolor rgb "#222222"
set label '0.51 × 3' at first 93.6,84.8125 center font ",7.5" textcolor rgb "#222222"
set label 'r̂ = −0.63' at first 93.6,94.1875 center font ",7.5" textcolor rgb "#222222"
set object 3 rectangle from 128.5938,13 to 183.4063,67.8125 front fillstyle empty border linecolor rgb "#A0A0A0" linewidth 0.5
set label '0.33 × 3' at first 156,75.4375 center font ",7.5" textcolor rgb "#222222"
set label '0.67 × 4' at first 156,84.8125 center font ",7.5" textcolor rgb "#222222"
set label 'r̂ = −0.60' at first 156,94.1875 center font ",7.5" textcolor rgb "#222222"
set object 4 rectangle from 190.9938,13 to 245.8063,67.8125 front fillstyle empty border linecolor rgb "#A0A0A0" linewidth 0.5
set label '0.43 × 9' at first 218.4,75.4375 center font ",7.5" textcolor rgb "#222222"
set label '0.57 × 8' at first 218.4,84.8125 center font ",7.5" textcolor rgb "#222222"
set label 'r̂ = −0.58' at first 218.4,94.1875 center font ",7.5" textcolor rgb "#222222"
set object 5 rectangle from 253.3938,13 to 308.2063,67.8125 front fillstyle empty border linecolor rgb "#A0A0A0" linewidth 0.5
set label '0.29 × 6' at first 280.8,75.4375 center font ",7.5" textcolor rgb "#222222"
set label '0.71 × 1' at first 280.8,84.8125 center font ",7.5" textcolor rgb "#222222"
set label 'r̂ = −0.53' at first 280.8,94.1875 center font ",7.5" textcolor rgb "#222222"
set object 6 rectangle from 315.7938,13 to 370.6063,67.8125 front fillstyle empty border linecolor rgb "#A0A0A0" linewidth 0.5
set label '0.77 × 6' at first 343.2,75.4375 center font ",7.5" textcolor rgb "#222222"
set label '0.23 × 1' at first 343.2,84.8125 center font ",7.5" textcolor rgb "#222222"
set label 'r̂ = −0.52' at first 343.2,94.1875 center font ",7.5" textcolor rgb "#222222"
set object 7 rectangle from 378.1937,13 to 433.0063,67.8125 front fillstyle empty border linecolor rgb "#A0A0A0" linewidth 0.5
set label '0.43 × 4' at first 405.6,75.4375 center font ",7.5" textcolor rgb "#222222"
set label '0.57 × 8' at first 405.6,84.8125 center font ",7.5" textcolor rgb "#222222"
set label 'r̂ = −0.51' at first 405.6,94.1875 center font ",7.5" textcolor rgb "#222222"
set object 8 rectangle from 440.5938,13 to 495.4063,67.8125 front fillstyle empty border linecolor rgb "#A0A0A0" linewidth 0.5
set label '0.64 × 2' at first 468,75.4375 center font ",7.5" textcolor rgb "#222222"
set label '0.36 × 0' at first 468,84.8125 center font ",7.5" textcolor rgb "#222222"
set label 'r̂ = −0.49' at first 468,94.1875 center font ",7.5" textcolor rgb "#222222"
set object 9 rectangle from 502.9938,13 to 557.8063,67.8125 front fillstyle empty border linecolor rgb "#A0A0A0" linewidth 0.5
set label '0.22 × 6' at first 530.4,75.4375 center font ",7.5" textcolor rgb "#222222"
set label '0.78 × 9' at first 530.4,84.8125 center font ",7.5" textcolor rgb "#222222"
set label 'r̂ = −0.49' at first 530.4,94.1875 center font ",7.5" textcolor rgb "#222222"
set object 10 rectangle from 565.3938,13 to 620.2063,67.8125 front fillstyle empty border linecolor rgb "#A0A0A0" linewidth 0.5
set label '0.77 × 7' at first 592.8,75.4375 center font ",7.5" textcolor rgb "#222222"
set label '0.23 × 9' at first 592.8,84.8125 center font ",7.5" textcolor rgb "#222222"
set label 'r̂ = −0.48' at first 592.8,94.1875 center font ",7.5" textcolor rgb "#222222"
set label 'highest r̂: excluded' at first 2,110.9375 left font ",8.0" textcolor rgb "#222222"
set object 11 rectangle from 3.7937,116.9375 to 58.6063,171.75 front fillstyle empty border linecolor rgb "#A0A0A0" linewidth 0.5
set label '0.35 × 8' at first 31.2,179.375 center font ",7.5" textcolor rgb "#222222"
set label '0.65 × 6' at first 31.2,188.75 center font ",7.5" textcolor rgb "#222222"
set label 'r̂ = 0.55' at first 31.2,198.125 center font ",7.5" textcolor rgb "#222222"
set object 12 rectangle from 66.1938,116.9375 to 121.0063,171.75 front fillstyle empty border linecolor rgb "#A0A0A0" linewidth 0.5
set label '0.46 × 8' at first 93.6,179.375 center font ",7.5" textcolor rgb "#222222"
set label '0.54 × 0' at first 93.6,188.75 center font ",7.5" textcolor rgb "#222222"
set label 'r̂ = 0.42' at first 93.6,198.125 center font ",7.5" textcolor rgb "#222222"
set object 13 rectangle from 128.5938,116.9375 to 183.4063,171.75 front fillstyle empty border linecolor rgb "#A0A0A0" linewidth 0.5
set label '0.64 × 5' at first 156,179.375 center font ",7.5" textcolor rgb "#222222"
set label '0.36 × 3' at first 156,188.75 center font ",7.5" textcolor rgb "#222222"
set label 'r̂ = 0.35' at first 156,198.125 center font ",7.5" textcolor rgb "#222222"
set object 14 rectangle from 190.9938,116.9375 to 245.8063,171.75 front fillstyle empty border linecolor rgb "#A0A0A0" linewidth 0.5
set label '0.94 × 5' at first 218.4,179.375 center font ",7.5" textcolor rgb "#222222"
set label '0.06 × 4' at first 218.4,188.75 center font ",7.5" textcolor rgb "#222222"
set label 'r̂ = 0.29' at first 218.4,198.125 center font ",7.5" textcolor rgb "#222222"
set object 15 rectangle from 253.3938,116.9375 to 308.2063,171.75 front fillstyle empty border linecolor rgb "#A0A0A0" linewidth 0.5
set label '0.25 × 8' at first 280.8,179.375 center font ",7.5" textcolor rgb "#222222"
set label '0.75 × 3' at first 280.8,188.75 center font ",7.5" textcolor rgb "#222222"
set label 'r̂ = 0.29' at first 280.8,198.125 center font ",7.5" textcolor rgb "#222222"
set object 16 rectangle from 315.7938,116.9375 to 370.6063,171.75 front fillstyle empty border linecolor rgb "#A0A0A0" linewidth 0.5
set label '0.27 × 3' at first 343.2,179.375 center font ",7.5" textcolor rgb "#222222"
set label '0.73 × 4' at first 343.2,188.75 center font ",7.5" textcolor rgb "#222222"
set label 'r̂ = 0.28' at first 343.2,198.125 center font ",7.5" textcolor rgb "#222222"
set object 17 rectangle from 378.1937,116.9375 to 433.0063,171.75 front fillstyle empty border linecolor rgb "#A0A0A0" linewidth 0.5
set label '0.82 × 7' at first 405.6,179.375 center font ",7.5" textcolor rgb "#222222"
set label '0.18 × 2' at first 405.6,188.75 center font ",7.5" textcolor rgb "#222222"
set label 'r̂ = 0.25' at first 405.6,198.125 center font ",7.5" textcolor rgb "#222222"
set object 18 rectangle from 440.5938,116.9375 to 495.4063,171.75 front fillstyle empty border linecolor rgb "#A0A0A0" linewidth 0.5
set label '0.82 × 8' at first 468,179.375 center font ",7.5" textcolor rgb "#222222"
set label '0.18 × 6' at first 468,188.75 center font ",7.5" textcolor rgb "#222222"
set label 'r̂ = 0.25' at first 468,198.125 center font ",7.5" textcolor rgb "#222222"
set object 19 rectangle from 502.9938,116.9375 to 557.8063,171.75 front fillstyle empty border linecolor rgb "#A0A0A0" linewidth 0.5
set label '0.82 × 1' at first 530.4,179.375 center font ",7.5" textcolor rgb "#222222"
set label '0.18 × 3' at first 530.4,188.75 center font ",7.5" textcolor rgb "#222222"
set label 'r̂ = 0.25' at first 530.4,198.125 center font ",7.5" textcolor rgb "#222222"
set object 20 rectangle from 565.3938,116.9375 to 620.2063,171.75 front fillstyle empty border linecolor rgb "#A0A0A0" linewidth 0.5
set label '0.78 × 4' at first 592.8,179.375 center font ",7.5" textcolor rgb "#222222"
set label '0.22 × 8' at first 592.8,188.75 center font ",7.5" textcolor rgb "#222222"
set label 'r̂ = 0.22' at first 592.8,198.125 center font ",7.5" textcolor rgb "#222222"
plot [0:624] [207.875:0] \
  'extremes-ideal.csv' skip 1 every ::0::63 using (3.7937+($4+0.5)*6.8515625):(13+($3+0.5)*6.8515625):5:5:5 with @tile notitle, \
  'extremes-ideal.csv' skip 1 every ::64::127 using (66.1938+($4+0.5)*6.8515625):(13+($3+0.5)*6.8515625):5:5:5 with @tile notitle, \
  'extremes-ideal.csv' skip 1 every ::128::191 using (128.5938+($4+0.5)*6.8515625):(13+($3+0.5)*6.8515625):5:5:5 with @tile notitle, \
  'extremes-ideal.csv' skip 1 every ::192::255 using (190.9938+($4+0.5)*6.8515625):(13+($3+0.5)*6.8515625):5:5:5 with @tile notitle, \
  'extremes-ideal.csv' skip 1 every ::256::319 using (253.3938+($4+0.5)*6.8515625):(13+($3+0.5)*6.8515625):5:5:5 with @tile notitle, \
  'extremes-ideal.csv' skip 1 every ::320::383 using (315.7938+($4+0.5)*6.8515625):(13+($3+0.5)*6.8515625):5:5:5 with @tile notitle, \
  'extremes-ideal.csv' skip 1 every ::384::447 using (378.1937+($4+0.5)*6.8515625):(13+($3+0.5)*6.8515625):5:5:5 with @tile notitle, \
  'extremes-ideal.csv' skip 1 every ::448::511 using (440.5938+($4+0.5)*6.8515625):(13+($3+0.5)*6.8515625):5:5:5 with @tile notitle, \
  'extremes-ideal.csv' skip 1 every ::512::575 using (502.9938+($4+0.5)*6.8515625):(13+($3+0.5)*6.8515625):5:5:5 with @tile notitle, \
  'extremes-ideal.csv' skip 1 every ::576::639 using (565.3938+($4+0.5)*6.8515625):(13+($3+0.5)*6.8515625):5:5:5 with @tile notitle, \
  'extremes-ideal.csv' skip 1 every ::640::703 using (3.7937+($4+0.5)*6.8515625):(116.9375+($3+0.5)*6.8515625):5:5:5 with @tile notitle, \
  'extremes-ideal.csv' skip 1 every ::704::767 using (66.1938+($4+0.5)*6.8515625):(116.9375+($3+0.5)*6.8515625):5:5:5 with @tile notitle, \
  'extremes-ideal.csv' skip 1 every ::768::831 using (128.5938+($4+0.5)*6.8515625):(116.9375+($3+0.5)*6.8515625):5:5:5 with @tile notitle, \
  'extremes-ideal.csv' skip 1 every ::832::895 using (190.9938+($4+0.5)*6.8515625):(116.9375+($3+0.5)*6.8515625):5:5:5 with @tile notitle, \
  'extremes-ideal.csv' skip 1 every ::896::959 using (253.3938+($4+0.5)*6.8515625):(116.9375+($3+0.5)*6.8515625):5:5:5 with @tile notitle, \
  'extremes-ideal.csv' skip 1 every ::960::1023 using (315.7938+($4+0.5)*6.8515625):(116.9375+($3+0.5)*6.8515625):5:5:5 with @tile notitle, \
  'extremes-ideal.csv' skip 1 every ::1024::1087 using (378.1937+($4+0.5)*6.8515625):(116.9375+($3+0.5)*6.8515625):5:5:5 with @tile notitle, \
  'extremes-ideal.csv' skip 1 every ::1088::1151 using (440.5938+($4+0.5)*6.8515625):(116.9375+($3+0.5)*6.8515625):5:5:5 with @tile notitle, \
  'extremes-ideal.csv' skip 1 every ::1152::1215 using (502.9938+($4+0.5)*6.8515625):(116.9375+($3+0.5)*6.8515625):5:5:5 with @tile notitle, \
  'extremes-ideal.csv' skip 1 every ::1216::1279 using (565.3938+($4+0.5)*6.8515625):(116.9375+($3+0.5)*6.8515625):5:5:5 with @tile notitle
set border 3; set tics; set grid xtics ytics

# Title and legend
unset label; unset arrow; unset object; unset title; unset colorbox
unset xlabel; unset ylabel; unset logscale
set label '{/:Bold Teacher-guided mixup on handwritten digits, teacher ideal *}' at screen 0.5,0.9516 center font ",10" textcolor rgb "#222222"
set label '* has seen test labels: an upper bound, not a result' at screen 0.5,0.0365 center font ",7.5" textcolor rgb "#222222"
set lmargin at screen 0; set rmargin at screen 1
set bmargin at screen 0; set tmargin at screen 1
unset border; unset tics; unset grid
plot [0:1] [0:1] \
  NaN notitle

unset multiplot
unset output
