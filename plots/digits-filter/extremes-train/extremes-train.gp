# gnuplot extremes-train.gp                          draws extremes-train.svg
# gnuplot -e "format='pdf'" extremes-train.gp        draws extremes-train.pdf
# gnuplot -e "format='png'" extremes-train.gp        draws extremes-train.png
reset
set encoding utf8
if (!exists("format")) format = 'svg'
if (!exists("output")) output = 'extremes-train.' . format
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
set bmargin at screen 0.0161; set tmargin at screen 0.9032
unset border; unset tics; unset grid
set label 'lowest r̂: included' at first 2,7 left font ",8.0" textcolor rgb "#222222"
set object 1 rectangle from 2,13 to 60.4,71.4 front fillstyle empty border linecolor rgb "#A0A0A0" linewidth 0.5
set label '0.73 × 3' at first 31.2,79.025 center font ",7.5" textcolor rgb "#222222"
set label '0.27 × 7' at first 31.2,88.4 center font ",7.5" textcolor rgb "#222222"
set label 'r̂ = −0.48' at first 31.2,97.775 center font ",7.5" textcolor rgb "#222222"
set object 2 rectangle from 64.4,13 to 122.8,71.4 front fillstyle empty border linecolor rgb "#A0A0A0" linewidth 0.5
set label '0.22 × 6' at first 93.6,79.025 center font ",7.5" textcolor rgb "#222222"
set label '0.78 × 9' at first 93.6,88.4 center font ",7.5" textcolor rgb "#222222"
set label 'r̂ = −0.43' at first 93.6,97.775 center font ",7.5" textcolor rgb "#222222"
set object 3 rectangle from 126.8,13 to 185.2,71.4 front fillstyle empty border linecolor rgb "#A0A0A0" linewidth 0.5
set label '0.65 × 5' at first 156,79.025 center font ",7.5" textcolor rgb "#222222"
set label '0.35 × 7' at first 156,88.4 center font ",7.5" textcolor rgb "#222222"
set label 'r̂ = −0.40' at first 156,97.775 center font ",7.5" textcolor rgb "#222222"
set object 4 rectangle from 189.2,13 to 247.6,71.4 front fillstyle empty border linecolor rgb "#A0A0A0" linewidth 0.5
set label '0.49 × 1' at first 218.4,79.025 center font ",7.5" textcolor rgb "#222222"
set label '0.51 × 3' at first 218.4,88.4 center font ",7.5" textcolor rgb "#222222"
set label 'r̂ = −0.37' at first 218.4,97.775 center font ",7.5" textcolor rgb "#222222"
set object 5 rectangle from 251.6,13 to 310,71.4 front fillstyle empty border linecolor rgb "#A0A0A0" linewidth 0.5
set label '0.28 × 9' at first 280.8,79.025 center font ",7.5" textcolor rgb "#222222"
set label '0.72 × 4' at first 280.8,88.4 center font ",7.5" textcolor rgb "#222222"
set label 'r̂ = −0.29' at first 280.8,97.775 center font ",7.5" textcolor rgb "#222222"
set object 6 rectangle from 314,13 to 372.4,71.4 front fillstyle empty border linecolor rgb "#A0A0A0" linewidth 0.5
set label '0.35 × 3' at first 343.2,79.025 center font ",7.5" textcolor rgb "#222222"
set label '0.65 × 8' at first 343.2,88.4 center font ",7.5" textcolor rgb "#222222"
set label 'r̂ = −0.28' at first 343.2,97.775 center font ",7.5" textcolor rgb "#222222"
set object 7 rectangle from 376.4,13 to 434.8,71.4 front fillstyle empty border linecolor rgb "#A0A0A0" linewidth 0.5
set label '0.43 × 4' at first 405.6,79.025 center font ",7.5" textcolor rgb "#222222"
set label '0.57 × 0' at first 405.6,88.4 center font ",7.5" textcolor rgb "#222222"
set label 'r̂ = −0.28' at first 405.6,97.775 center font ",7.5" textcolor rgb "#222222"
set object 8 rectangle from 438.8,13 to 497.2,71.4 front fillstyle empty border linecolor rgb "#A0A0A0" linewidth 0.5
set label '0.77 × 8' at first 468,79.025 center font ",7.5" textcolor rgb "#222222"
set label '0.23 × 9' at first 468,88.4 center font ",7.5" textcolor rgb "#222222"
set label 'r̂ = −0.28' at first 468,97.775 center font ",7.5" textcolor rgb "#222222"
set object 9 rectangle from 501.2,13 to 559.6,71.4 front fillstyle empty border linecolor rgb "#A0A0A0" linewidth 0.5
set label '0.42 × 4' at first 530.4,79.025 center font ",7.5" textcolor rgb "#222222"
set label '0.58 × 5' at first 530.4,88.4 center font ",7.5" textcolor rgb "#222222"
set label 'r̂ = −0.27' at first 530.4,97.775 center font ",7.5" textcolor rgb "#222222"
set object 10 rectangle from 563.6,13 to 622,71.4 front fillstyle empty border linecolor rgb "#A0A0A0" linewidth 0.5
set label '0.57 × 5' at first 592.8,79.025 center font ",7.5" textcolor rgb "#222222"
set label '0.43 × 4' at first 592.8,88.4 center font ",7.5" textcolor rgb "#222222"
set label 'r̂ = −0.27' at first 592.8,97.775 center font ",7.5" textcolor rgb "#222222"
set label 'highest r̂: excluded' at first 2,114.525 left font ",8.0" textcolor rgb "#222222"
set object 11 rectangle from 2,120.525 to 60.4,178.925 front fillstyle empty border linecolor rgb "#A0A0A0" linewidth 0.5
set label '0.65 × 9' at first 31.2,186.55 center font ",7.5" textcolor rgb "#222222"
set label '0.35 × 4' at first 31.2,195.925 center font ",7.5" textcolor rgb "#222222"
set label 'r̂ = 0.53' at first 31.2,205.3 center font ",7.5" textcolor rgb "#222222"
set object 12 rectangle from 64.4,120.525 to 122.8,178.925 front fillstyle empty border linecolor rgb "#A0A0A0" linewidth 0.5
set label '0.63 × 1' at first 93.6,186.55 center font ",7.5" textcolor rgb "#222222"
set label '0.37 × 0' at first 93.6,195.925 center font ",7.5" textcolor rgb "#222222"
set label 'r̂ = 0.38' at first 93.6,205.3 center font ",7.5" textcolor rgb "#222222"
set object 13 rectangle from 126.8,120.525 to 185.2,178.925 front fillstyle empty border linecolor rgb "#A0A0A0" linewidth 0.5
set label '0.51 × 5' at first 156,186.55 center font ",7.5" textcolor rgb "#222222"
set label '0.49 × 7' at first 156,195.925 center font ",7.5" textcolor rgb "#222222"
set label 'r̂ = 0.38' at first 156,205.3 center font ",7.5" textcolor rgb "#222222"
set object 14 rectangle from 189.2,120.525 to 247.6,178.925 front fillstyle empty border linecolor rgb "#A0A0A0" linewidth 0.5
set label '0.44 × 2' at first 218.4,186.55 center font ",7.5" textcolor rgb "#222222"
set label '0.56 × 1' at first 218.4,195.925 center font ",7.5" textcolor rgb "#222222"
set label 'r̂ = 0.35' at first 218.4,205.3 center font ",7.5" textcolor rgb "#222222"
set object 15 rectangle from 251.6,120.525 to 310,178.925 front fillstyle empty border linecolor rgb "#A0A0A0" linewidth 0.5
set label '0.19 × 6' at first 280.8,186.55 center font ",7.5" textcolor rgb "#222222"
set label '0.81 × 9' at first 280.8,195.925 center font ",7.5" textcolor rgb "#222222"
set label 'r̂ = 0.33' at first 280.8,205.3 center font ",7.5" textcolor rgb "#222222"
set object 16 rectangle from 314,120.525 to 372.4,178.925 front fillstyle empty border linecolor rgb "#A0A0A0" linewidth 0.5
set label '0.28 × 2' at first 343.2,186.55 center font ",7.5" textcolor rgb "#222222"
set label '0.72 × 4' at first 343.2,195.925 center font ",7.5" textcolor rgb "#222222"
set label 'r̂ = 0.29' at first 343.2,205.3 center font ",7.5" textcolor rgb "#222222"
set object 17 rectangle from 376.4,120.525 to 434.8,178.925 front fillstyle empty border linecolor rgb "#A0A0A0" linewidth 0.5
set label '0.99 × 8' at first 405.6,186.55 center font ",7.5" textcolor rgb "#222222"
set label '0.01 × 3' at first 405.6,195.925 center font ",7.5" textcolor rgb "#222222"
set label 'r̂ = 0.28' at first 405.6,205.3 center font ",7.5" textcolor rgb "#222222"
set object 18 rectangle from 438.8,120.525 to 497.2,178.925 front fillstyle empty border linecolor rgb "#A0A0A0" linewidth 0.5
set label '0.56 × 5' at first 468,186.55 center font ",7.5" textcolor rgb "#222222"
set label '0.44 × 4' at first 468,195.925 center font ",7.5" textcolor rgb "#222222"
set label 'r̂ = 0.28' at first 468,205.3 center font ",7.5" textcolor rgb "#222222"
set object 19 rectangle from 501.2,120.525 to 559.6,178.925 front fillstyle empty border linecolor rgb "#A0A0A0" linewidth 0.5
set label '0.42 × 5' at first 530.4,186.55 center font ",7.5" textcolor rgb "#222222"
set label '0.58 × 9' at first 530.4,195.925 center font ",7.5" textcolor rgb "#222222"
set label 'r̂ = 0.25' at first 530.4,205.3 center font ",7.5" textcolor rgb "#222222"
set object 20 rectangle from 563.6,120.525 to 622,178.925 front fillstyle empty border linecolor rgb "#A0A0A0" linewidth 0.5
set label '0.17 × 2' at first 592.8,186.55 center font ",7.5" textcolor rgb "#222222"
set label '0.83 × 4' at first 592.8,195.925 center font ",7.5" textcolor rgb "#222222"
set label 'r̂ = 0.25' at first 592.8,205.3 center font ",7.5" textcolor rgb "#222222"
plot [0:624] [220:0] \
  'extremes-train.csv' skip 1 every ::0::63 using (2+($4+0.5)*7.3):(13+($3+0.5)*7.3):5:5:5 with @tile notitle, \
  'extremes-train.csv' skip 1 every ::64::127 using (64.4+($4+0.5)*7.3):(13+($3+0.5)*7.3):5:5:5 with @tile notitle, \
  'extremes-train.csv' skip 1 every ::128::191 using (126.8+($4+0.5)*7.3):(13+($3+0.5)*7.3):5:5:5 with @tile notitle, \
  'extremes-train.csv' skip 1 every ::192::255 using (189.2+($4+0.5)*7.3):(13+($3+0.5)*7.3):5:5:5 with @tile notitle, \
  'extremes-train.csv' skip 1 every ::256::319 using (251.6+($4+0.5)*7.3):(13+($3+0.5)*7.3):5:5:5 with @tile notitle, \
  'extremes-train.csv' skip 1 every ::320::383 using (314+($4+0.5)*7.3):(13+($3+0.5)*7.3):5:5:5 with @tile notitle, \
  'extremes-train.csv' skip 1 every ::384::447 using (376.4+($4+0.5)*7.3):(13+($3+0.5)*7.3):5:5:5 with @tile notitle, \
  'extremes-train.csv' skip 1 every ::448::511 using (438.8+($4+0.5)*7.3):(13+($3+0.5)*7.3):5:5:5 with @tile notitle, \
  'extremes-train.csv' skip 1 every ::512::575 using (501.2+($4+0.5)*7.3):(13+($3+0.5)*7.3):5:5:5 with @tile notitle, \
  'extremes-train.csv' skip 1 every ::576::639 using (563.6+($4+0.5)*7.3):(13+($3+0.5)*7.3):5:5:5 with @tile notitle, \
  'extremes-train.csv' skip 1 every ::640::703 using (2+($4+0.5)*7.3):(120.525+($3+0.5)*7.3):5:5:5 with @tile notitle, \
  'extremes-train.csv' skip 1 every ::704::767 using (64.4+($4+0.5)*7.3):(120.525+($3+0.5)*7.3):5:5:5 with @tile notitle, \
  'extremes-train.csv' skip 1 every ::768::831 using (126.8+($4+0.5)*7.3):(120.525+($3+0.5)*7.3):5:5:5 with @tile notitle, \
  'extremes-train.csv' skip 1 every ::832::895 using (189.2+($4+0.5)*7.3):(120.525+($3+0.5)*7.3):5:5:5 with @tile notitle, \
  'extremes-train.csv' skip 1 every ::896::959 using (251.6+($4+0.5)*7.3):(120.525+($3+0.5)*7.3):5:5:5 with @tile notitle, \
  'extremes-train.csv' skip 1 every ::960::1023 using (314+($4+0.5)*7.3):(120.525+($3+0.5)*7.3):5:5:5 with @tile notitle, \
  'extremes-train.csv' skip 1 every ::1024::1087 using (376.4+($4+0.5)*7.3):(120.525+($3+0.5)*7.3):5:5:5 with @tile notitle, \
  'extremes-train.csv' skip 1 every ::1088::1151 using (438.8+($4+0.5)*7.3):(120.525+($3+0.5)*7.3):5:5:5 with @tile notitle, \
  'extremes-train.csv' skip 1 every ::1152::1215 using (501.2+($4+0.5)*7.3):(120.525+($3+0.5)*7.3):5:5:5 with @tile notitle, \
  'extremes-train.csv' skip 1 every ::1216::1279 using (563.6+($4+0.5)*7.3):(120.525+($3+0.5)*7.3):5:5:5 with @tile notitle
set border 3; set tics; set grid xtics ytics

# Title and legend
unset label; unset arrow; unset object; unset title; unset colorbox
unset xlabel; unset ylabel; unset logscale
set label '{/:Bold Teacher-guided mixup on handwritten digits, teacher train}' at screen 0.5,0.9516 center font ",10" textcolor rgb "#222222"
set lmargin at screen 0; set rmargin at screen 1
set bmargin at screen 0; set tmargin at screen 1
unset border; unset tics; unset grid
plot [0:1] [0:1] \
  NaN notitle

unset multiplot
unset output
